-- Keeps the name, because the row that held it is gone.
CREATE OR REPLACE FUNCTION record_deleted_categories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_events(array_agg(
    (list_id, 'category_changed', current_actor_id(), 'category', id, NULL,
     jsonb_build_object('name', jsonb_build_array(name, NULL)))::list_change
  )) FROM old_rows HAVING count(*) > 0;
  RETURN NULL;
END $$;
