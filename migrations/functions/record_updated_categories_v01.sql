CREATE OR REPLACE FUNCTION record_updated_categories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_events(array_agg(
    (n.list_id, 'category_changed', current_actor_id(), 'category', n.id, NULL,
     changed_columns(to_jsonb(o), to_jsonb(n)))::list_change
  )) FROM new_rows n JOIN old_rows o USING (id) HAVING count(*) > 0;
  RETURN NULL;
END $$;
