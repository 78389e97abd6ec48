-- Outside a unit of work the author is the actor: creating a task is one statement without a transaction.
-- Of a new task only the assignment is kept, because it is news to somebody; the rest is in the task.
CREATE OR REPLACE FUNCTION record_created_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_events(array_agg(
    (list_id, 'new_task', coalesce(current_actor_id(), user_id), 'task', id, revision,
     CASE WHEN assignee_id IS NOT NULL
       THEN jsonb_build_object('assignee_id', jsonb_build_array(NULL, assignee_id)) END)::list_change
  )) FROM new_rows HAVING count(*) > 0;
  RETURN NULL;
END $$;
