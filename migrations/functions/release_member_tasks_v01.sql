-- Whoever leaves a team no longer follows its tasks, and theirs are unassigned.
--
-- Locks in the usual order: teams, tasks, follows (then lists, by the update of the tasks). The follows include those
-- that unassigning the tasks is going to touch, all in the one order of (task_id, user_id): otherwise two people who
-- leave at once wait for each other. Follows may still appear between locking and unassigning, hence the teams' lock,
-- which lets members of one team leave one after the other.
CREATE OR REPLACE FUNCTION release_member_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM teams WHERE id IN (SELECT team_id FROM old_rows) ORDER BY id FOR NO KEY UPDATE;
  PERFORM 1 FROM tasks t JOIN lists l ON l.id = t.list_id
    JOIN old_rows o ON o.team_id = l.team_id AND o.user_id = t.assignee_id
  ORDER BY t.id FOR NO KEY UPDATE OF t;

  WITH own AS (
    SELECT f.id FROM old_rows o JOIN lists l ON l.team_id = o.team_id JOIN follows f ON f.user_id = o.user_id
      JOIN tasks t ON t.id = f.task_id AND t.list_id = l.id
  ), locked AS MATERIALIZED (
    SELECT id FROM follows WHERE id IN (
      SELECT id FROM own
      UNION ALL
      SELECT f.id FROM old_rows o JOIN lists l ON l.team_id = o.team_id
        JOIN tasks t ON t.list_id = l.id AND t.assignee_id = o.user_id JOIN follows f ON f.task_id = t.id
    ) ORDER BY task_id, user_id FOR UPDATE
  )
  DELETE FROM follows f USING locked WHERE f.id = locked.id AND f.id IN (SELECT id FROM own);

  UPDATE tasks t SET assignee_id = NULL FROM lists l, old_rows o
  WHERE l.id = t.list_id AND o.team_id = l.team_id AND o.user_id = t.assignee_id;
  RETURN NULL;
END $$;
