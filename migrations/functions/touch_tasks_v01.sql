-- A change of a task's categories is a change of the task: updating it raises its revision and records an event.
--
-- Two kinds of tasks have their event already and are left alone: those created in this transaction (revision 1 and
-- a row version of ours), which nobody has seen without their categories, and those that this transaction moves to
-- another list (see remember_moved_task), whose change of categories is part of the move.
CREATE OR REPLACE FUNCTION touch_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM tasks WHERE id IN (SELECT task_id FROM changed_rows) ORDER BY id FOR NO KEY UPDATE;
  UPDATE tasks SET updated_at = now()
  WHERE id IN (SELECT task_id FROM changed_rows) AND NOT (
    revision = 1 AND xmin = pg_current_xact_id()::xid
    OR id = ANY (string_to_array(coalesce(current_setting('taskwire.moved_tasks', true), ''), ' ')::integer[])
  );
  RETURN NULL;
END $$;
