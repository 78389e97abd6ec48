'use strict';

/**
 * Each news of a task touches the mark of everybody who follows it, not only the first one that is unread: so the
 * inbox has the newest on top, and `updated_at`, which rises with each, says what somebody has been shown. What
 * comes while they read it waits for the row and stays unread; before, it found the mark unread and left it to
 * be overwritten.
 */
const follow = ({ unread, stamp, isNews }) => `
  CREATE OR REPLACE FUNCTION follow_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    actor integer := taskwire_actor();
  BEGIN
    INSERT INTO task_marks (user_id, task_id, read)
    SELECT who, task_id, bool_and(who IS NOT DISTINCT FROM actor) FROM (
      SELECT n.assignee_id AS who, n.id AS task_id FROM new_rows n FULL JOIN old_rows o USING (id)
      WHERE n.assignee_id IS DISTINCT FROM o.assignee_id
      UNION ALL
      SELECT actor, n.id FROM new_rows n FULL JOIN old_rows o USING (id)
      WHERE n.user_id IS DISTINCT FROM actor AND (${isNews})
    ) follower JOIN users ON users.id = who GROUP BY who, task_id ORDER BY task_id, who
    ON CONFLICT (user_id, task_id) DO NOTHING;

    PERFORM 1 FROM task_marks m JOIN new_rows n ON n.id = m.task_id
      WHERE ${unread} m.user_id IS DISTINCT FROM actor ORDER BY m.task_id, m.user_id FOR NO KEY UPDATE OF m;
    UPDATE task_marks m SET read = false, updated_at = ${stamp} FROM new_rows n FULL JOIN old_rows o USING (id)
      WHERE m.task_id = coalesce(n.id, o.id) AND ${unread} m.user_id IS DISTINCT FROM actor AND (${isNews});
    RETURN NULL;
  END $$;`;

module.exports = {
  up: ({ sequelize }) => sequelize.query(`
    ${follow({
    unread: '',
    stamp: "greatest(clock_timestamp(), m.updated_at + interval '1 ms')",
    // A new place in the order alone is none.
    isNews: "n.position IS NOT DISTINCT FROM o.position OR changed_columns(to_jsonb(o), to_jsonb(n)) - 'position' <> '{}'",
  })}
    DROP INDEX task_marks_unread;
    CREATE INDEX task_marks_unread ON task_marks (user_id, updated_at DESC, id DESC) WHERE NOT read;`),
  down: ({ sequelize }) => sequelize.query(`
    ${follow({ unread: 'm.read AND', stamp: 'now()', isNews: 'n.position IS NOT DISTINCT FROM o.position' })}
    DROP INDEX task_marks_unread;
    CREATE INDEX task_marks_unread ON task_marks (user_id, updated_at DESC) WHERE NOT read;`),
};
