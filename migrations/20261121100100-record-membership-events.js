'use strict';

module.exports = {
  /**
   * Who comes and goes is a change of the team's feed like any other. What was assigned to somebody who goes is
   * unassigned in the same statement, by whatever way they went; its tasks are locked before the feed.
   */
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE FUNCTION record_new_members() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM record_changes(array_agg((f.id, 'member_joined', taskwire_actor(), 'user', m.user_id, NULL, NULL)::feed_change))
      FROM new_rows m JOIN feeds f ON f.team_id = m.team_id HAVING count(*) > 0;
      RETURN NULL;
    END $$;

    CREATE FUNCTION record_gone_members() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM 1 FROM tasks t JOIN feeds f ON f.id = t.feed_id JOIN old_rows m ON m.team_id = f.team_id AND m.user_id = t.assignee_id
        ORDER BY t.id FOR NO KEY UPDATE OF t;
      UPDATE tasks t SET assignee_id = NULL FROM feeds f, old_rows m
        WHERE f.id = t.feed_id AND m.team_id = f.team_id AND m.user_id = t.assignee_id;
      PERFORM record_changes(array_agg((f.id, 'member_left', taskwire_actor(), 'user', m.user_id, NULL, NULL)::feed_change))
      FROM old_rows m JOIN feeds f ON f.team_id = m.team_id HAVING count(*) > 0;
      RETURN NULL;
    END $$;

    -- A task is only ever assigned to somebody who sees its feed. The membership stays until this is committed,
    -- so that whoever removes the member finds the assignment.
    CREATE FUNCTION check_assignee() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM 1 FROM feeds WHERE id = NEW.feed_id AND user_id = NEW.assignee_id;
      IF FOUND THEN RETURN NEW; END IF;
      PERFORM 1 FROM feeds f JOIN memberships m ON m.team_id = f.team_id
        WHERE f.id = NEW.feed_id AND m.user_id = NEW.assignee_id FOR KEY SHARE OF m;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'user % is no member of feed %', NEW.assignee_id, NEW.feed_id USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'tasks_assignee_is_member';
      END IF;
      RETURN NEW;
    END $$;

    CREATE TRIGGER memberships_inserted AFTER INSERT ON memberships REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION record_new_members();
    CREATE TRIGGER memberships_removed AFTER DELETE ON memberships REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION record_gone_members();
    CREATE TRIGGER memberships_truncated BEFORE TRUNCATE ON memberships
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
    CREATE TRIGGER tasks_assignee_checked_new BEFORE INSERT ON tasks FOR EACH ROW WHEN (NEW.assignee_id IS NOT NULL)
      EXECUTE FUNCTION check_assignee();
    CREATE TRIGGER tasks_assignee_checked BEFORE UPDATE OF assignee_id, feed_id ON tasks FOR EACH ROW
      WHEN (NEW.assignee_id IS NOT NULL AND (NEW.assignee_id, NEW.feed_id) IS DISTINCT FROM (OLD.assignee_id, OLD.feed_id))
      EXECUTE FUNCTION check_assignee();`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER tasks_assignee_checked ON tasks;
    DROP TRIGGER tasks_assignee_checked_new ON tasks;
    DROP TRIGGER memberships_truncated ON memberships;
    DROP TRIGGER memberships_removed ON memberships;
    DROP TRIGGER memberships_inserted ON memberships;
    DROP FUNCTION check_assignee();
    DROP FUNCTION record_gone_members();
    DROP FUNCTION record_new_members();`),
};
