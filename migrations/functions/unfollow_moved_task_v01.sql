-- Whoever does not see the list that the task has moved to no longer follows it.
CREATE OR REPLACE FUNCTION unfollow_moved_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM follows f WHERE f.task_id = NEW.id AND NOT EXISTS (
    SELECT FROM lists l LEFT JOIN memberships m ON m.team_id = l.team_id AND m.user_id = f.user_id
    WHERE l.id = NEW.list_id AND (l.user_id = f.user_id OR m.id IS NOT NULL)
  );
  RETURN NULL;
END $$;
