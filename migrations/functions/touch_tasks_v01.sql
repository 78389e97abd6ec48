-- A change of a task's categories is a change of the task: updating it raises its revision and records an event, in
-- which record_updated_tasks puts the names of the categories before and after, left for it in a setting.
--
-- Two kinds of tasks have their event already and are left alone: those created in this transaction (revision 1 and
-- a row version of ours), which nobody has seen without their categories, and those that this transaction moves to
-- another list (see remember_moved_task), whose change of categories is part of the move.
CREATE OR REPLACE FUNCTION touch_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched integer[];
  names_of text;
BEGIN
  SELECT array_agg(id) INTO touched FROM (
    SELECT id FROM tasks WHERE id IN (SELECT task_id FROM changed_rows) AND NOT (
      revision = 1 AND xmin = pg_current_xact_id()::xid
      OR id = ANY (string_to_array(coalesce(current_setting('taskwire.moved_tasks', true), ''), ' ')::integer[])
    ) ORDER BY id FOR NO KEY UPDATE
  ) locked;
  IF touched IS NULL THEN
    RETURN NULL;
  END IF;
  -- A category that is being deleted is no longer found: its own event has its name.
  WITH held AS (
    SELECT task_id, category_id FROM task_categories WHERE task_id = ANY (touched)
    UNION SELECT task_id, category_id FROM changed_rows WHERE task_id = ANY (touched)
  ), named AS (
    SELECT h.task_id, c.name,
           NOT EXISTS (SELECT FROM changed_rows r WHERE r.task_id = h.task_id AND r.category_id = h.category_id) AS kept
    FROM held h JOIN categories c ON c.id = h.category_id
  ), change AS (
    SELECT task_id, jsonb_build_array(
      coalesce(jsonb_agg(name ORDER BY name ->> 'original') FILTER (WHERE kept OR TG_OP = 'DELETE'), '[]'),
      coalesce(jsonb_agg(name ORDER BY name ->> 'original') FILTER (WHERE kept OR TG_OP = 'INSERT'), '[]')
    ) AS names
    FROM named GROUP BY task_id
  )
  SELECT jsonb_object_agg(task_id, names)::text INTO names_of FROM change;
  PERFORM set_config('taskwire.changed_categories', coalesce(names_of, ''), true);
  UPDATE tasks SET updated_at = now() WHERE id = ANY (touched);
  PERFORM set_config('taskwire.changed_categories', '', true);
  RETURN NULL;
END $$;
