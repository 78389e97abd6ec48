-- The assignee follows the task, and has it to read unless they created it themselves.
CREATE OR REPLACE FUNCTION follow_created_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO follows (user_id, task_id, read)
  SELECT assignee_id, id, assignee_id IS NOT DISTINCT FROM coalesce(current_actor_id(), user_id) FROM new_rows
  WHERE assignee_id IS NOT NULL ORDER BY id
  ON CONFLICT (user_id, task_id) DO NOTHING;
  RETURN NULL;
END $$;
