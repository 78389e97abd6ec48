-- Outside a unit of work the author is the actor: creating a task is one statement without a transaction, and whether
-- the author may is asked here.
-- Of a new task only the assignment is kept, because it is news to somebody; the rest is in the task.
CREATE OR REPLACE FUNCTION record_created_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  refusal text;
BEGIN
  PERFORM record_events(array_agg(
    (list_id, 'new_task', coalesce(current_actor_id(), user_id), 'task', id, revision,
     CASE WHEN assignee_id IS NOT NULL
       THEN jsonb_build_object('assignee_id', jsonb_build_array(NULL, assignee_id)) END)::list_change
  )) FROM new_rows HAVING count(*) > 0;
  -- With the list locked, a removal from the team is either committed or comes later.
  IF current_actor_id() IS NULL THEN
    SELECT CASE WHEN u.disabled THEN 'tasks_author_disabled' ELSE 'tasks_author_access' END INTO refusal
    FROM new_rows n JOIN lists l ON l.id = n.list_id JOIN users u ON u.id = n.user_id
    WHERE u.disabled OR l.team_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM memberships m WHERE m.team_id = l.team_id AND m.user_id = u.id)
    LIMIT 1;
    IF refusal IS NOT NULL THEN
      RAISE foreign_key_violation USING CONSTRAINT = refusal, MESSAGE = 'the author may not write in the list';
    END IF;
  END IF;
  RETURN NULL;
END $$;
