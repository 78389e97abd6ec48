-- Unassigns the tasks of users whom this statement disables, locking the tasks in id order.
CREATE OR REPLACE FUNCTION unassign_disabled_users() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  disabled_ids integer[];
BEGIN
  SELECT array_agg(n.id) INTO disabled_ids FROM new_rows n FULL JOIN old_rows o USING (id)
  WHERE n.disabled AND NOT o.disabled;
  IF disabled_ids IS NOT NULL THEN
    PERFORM 1 FROM tasks WHERE assignee_id = ANY (disabled_ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE tasks SET assignee_id = NULL WHERE assignee_id = ANY (disabled_ids);
  END IF;
  RETURN NULL;
END $$;
