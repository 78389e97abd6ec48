'use strict';

/** Whoever the task is for is held until this is committed, so that whoever removes them finds the assignment. */
const isMember = `
      PERFORM 1 FROM feeds WHERE id = NEW.feed_id AND user_id = NEW.assignee_id;
      IF FOUND THEN RETURN NEW; END IF;
      PERFORM 1 FROM feeds f JOIN memberships m ON m.team_id = f.team_id
        WHERE f.id = NEW.feed_id AND m.user_id = NEW.assignee_id FOR KEY SHARE OF m;`;
const refuse = `
        RAISE EXCEPTION 'user % is no member of feed %', NEW.assignee_id, NEW.feed_id USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'tasks_assignee_is_member';`;

module.exports = {
  /**
   * A task is only ever for somebody who sees its feed and may sign in. What was assigned to whoever is disabled is
   * unassigned in the same statement, by whatever way it happens.
   */
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE OR REPLACE FUNCTION check_assignee() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- FOR SHARE waits for whoever is disabling them, and then finds them disabled.
      PERFORM 1 FROM users WHERE id = NEW.assignee_id AND NOT disabled FOR SHARE;
      IF FOUND THEN${isMember}
      END IF;
      IF NOT FOUND THEN${refuse}
      END IF;
      RETURN NEW;
    END $$;

    CREATE FUNCTION unassign_disabled() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      gone integer[];
    BEGIN
      SELECT array_agg(n.id) INTO gone FROM new_rows n FULL JOIN old_rows o USING (id) WHERE n.disabled AND NOT o.disabled;
      IF gone IS NOT NULL THEN
        PERFORM 1 FROM tasks WHERE assignee_id = ANY (gone) ORDER BY id FOR NO KEY UPDATE;
        UPDATE tasks SET assignee_id = NULL WHERE assignee_id = ANY (gone);
      END IF;
      RETURN NULL;
    END $$;

    CREATE TRIGGER users_disabled AFTER UPDATE ON users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION unassign_disabled();

    UPDATE tasks SET assignee_id = NULL FROM users WHERE users.id = tasks.assignee_id AND users.disabled;`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER users_disabled ON users;
    DROP FUNCTION unassign_disabled();
    CREATE OR REPLACE FUNCTION check_assignee() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN${isMember}
      IF NOT FOUND THEN${refuse}
      END IF;
      RETURN NEW;
    END $$;`),
};
