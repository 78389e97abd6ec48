-- A task is only assigned to somebody who sees its list and may sign in. Both rows stay locked until the commit:
-- FOR SHARE waits for whoever is disabling the user, KEY SHARE makes whoever removes the member wait and then find
-- the assignment. Refused like a foreign key from (assignee_id, list_id) to the members of the list.
CREATE OR REPLACE FUNCTION check_assignee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM users WHERE id = NEW.assignee_id AND NOT disabled FOR SHARE;
  IF FOUND THEN
    PERFORM 1 FROM lists WHERE id = NEW.list_id AND user_id = NEW.assignee_id;
    IF FOUND THEN RETURN NEW; END IF;
    PERFORM 1 FROM lists l JOIN memberships m ON m.team_id = l.team_id
    WHERE l.id = NEW.list_id AND m.user_id = NEW.assignee_id FOR KEY SHARE OF m;
  END IF;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'user % is not an active member of list %', NEW.assignee_id, NEW.list_id
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'tasks_assignee_id_list_id_fkey';
  END IF;
  RETURN NEW;
END $$;
