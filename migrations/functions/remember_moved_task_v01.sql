-- Adds the task to the ids, separated by spaces, that touch_tasks leaves alone until the end of this transaction.
CREATE OR REPLACE FUNCTION remember_moved_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config(
    'taskwire.moved_tasks',
    concat_ws(' ', nullif(current_setting('taskwire.moved_tasks', true), ''), NEW.id),
    true
  );
  RETURN NEW;
END $$;
