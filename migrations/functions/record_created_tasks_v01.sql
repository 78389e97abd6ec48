-- Outside a unit of work the author is the actor: creating a task is one statement without a transaction.
CREATE OR REPLACE FUNCTION record_created_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_events(array_agg(
    (list_id, 'new_task', coalesce(current_actor_id(), user_id), 'task', id, revision, NULL)::list_change
  )) FROM new_rows HAVING count(*) > 0;
  RETURN NULL;
END $$;
