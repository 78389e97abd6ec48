CREATE OR REPLACE FUNCTION record_created_categories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_events(array_agg(
    (list_id, 'category_changed', current_actor_id(), 'category', id, NULL,
     jsonb_build_object('name', jsonb_build_array(NULL, name)))::list_change
  )) FROM new_rows HAVING count(*) > 0;
  RETURN NULL;
END $$;
