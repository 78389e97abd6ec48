-- 1. A new assignee follows the task; so does the actor who changes somebody else's task in a list that they see.
-- 2. For every other follower it becomes unread. updated_at rises with each change, so that the inbox shows
--    the newest first and a reader can say which state they have seen.
--
-- A change of nothing but position or author (of an account that was deleted) counts for neither. A row where both
-- stay as they were always counts, even if no column changed: its categories did.
--
-- Follows are locked by (task_id, user_id), after the tasks and before the lists. For the FULL JOINs see
-- record_updated_tasks; coalesce(n.id, o.id) keeps the planner from reducing the second to a one-sided join.
CREATE OR REPLACE FUNCTION follow_updated_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  actor integer := current_actor_id();
BEGIN
  INSERT INTO follows (user_id, task_id, read)
  SELECT follower_id, task_id, bool_and(follower_id IS NOT DISTINCT FROM actor) FROM (
    SELECT n.assignee_id AS follower_id, n.id AS task_id FROM new_rows n FULL JOIN old_rows o USING (id)
    WHERE n.assignee_id IS DISTINCT FROM o.assignee_id
    UNION ALL
    SELECT actor, n.id FROM new_rows n FULL JOIN old_rows o USING (id)
    WHERE n.user_id IS DISTINCT FROM actor
      AND n.list_id IN (
        SELECT id FROM lists WHERE user_id = actor
        UNION ALL
        SELECT l.id FROM memberships m JOIN lists l ON l.team_id = m.team_id WHERE m.user_id = actor
      )
      AND ((n.position, n.user_id) IS NOT DISTINCT FROM (o.position, o.user_id)
           OR changed_columns(to_jsonb(o), to_jsonb(n)) - '{position,user_id}'::text[] <> '{}')
  ) follower JOIN users ON users.id = follower_id GROUP BY follower_id, task_id ORDER BY task_id, follower_id
  ON CONFLICT (user_id, task_id) DO NOTHING;

  PERFORM 1 FROM follows f JOIN new_rows n ON n.id = f.task_id
  WHERE f.user_id IS DISTINCT FROM actor ORDER BY f.task_id, f.user_id FOR NO KEY UPDATE OF f;
  UPDATE follows f SET read = false, updated_at = greatest(clock_timestamp(), f.updated_at + interval '1 ms')
  FROM new_rows n FULL JOIN old_rows o USING (id)
  WHERE f.task_id = coalesce(n.id, o.id) AND f.user_id IS DISTINCT FROM actor
    AND ((n.position, n.user_id) IS NOT DISTINCT FROM (o.position, o.user_id)
         OR changed_columns(to_jsonb(o), to_jsonb(n)) - '{position,user_id}'::text[] <> '{}');
  RETURN NULL;
END $$;
