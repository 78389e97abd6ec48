'use strict';

/** Changes a function by parts of its text. */
const change = (name, replaced) => `
  EXECUTE ${replaced.reduce((text, [from, to]) => `replace(${text}, $part$${from}$part$, $part$${to}$part$)`, `pg_get_functiondef('${name}'::regproc)`)};`;
const back = (replaced) => replaced.map(([from, to]) => [to, from]).reverse();

const seenBy = (user) => `(
          SELECT id FROM feeds WHERE user_id = ${user}
          UNION ALL
          SELECT f.id FROM memberships s JOIN feeds f ON f.team_id = s.team_id WHERE s.user_id = ${user})`;

const followed = [
  [
    'n.position IS NOT DISTINCT FROM o.position',
    '(n.position, n.user_id) IS NOT DISTINCT FROM (o.position, o.user_id)',
  ],
  ["- 'position' <> '{}'", "- '{position,user_id}'::text[] <> '{}'"],
  [
    'n.user_id IS DISTINCT FROM actor AND (',
    `n.user_id IS DISTINCT FROM actor AND n.feed_id IN ${seenBy('actor')} AND (`,
  ],
];

// With the marks of the leavers also those that the unassigning is going to touch: all in one order, or two
// people who leave at once wait for each other.
const forgetting = `
      WITH theirs AS (
        SELECT m.id FROM old_rows o JOIN feeds f ON f.team_id = o.team_id JOIN task_marks m ON m.user_id = o.user_id
          JOIN tasks t ON t.id = m.task_id AND t.feed_id = f.id
      ), held AS MATERIALIZED (
        SELECT id FROM task_marks WHERE id IN (
          SELECT id FROM theirs
          UNION ALL
          SELECT m.id FROM old_rows o JOIN feeds f ON f.team_id = o.team_id JOIN tasks t ON t.feed_id = f.id AND t.assignee_id = o.user_id
            JOIN task_marks m ON m.task_id = t.id
        ) ORDER BY task_id, user_id FOR UPDATE
      )
      DELETE FROM task_marks m USING held WHERE m.id = held.id AND m.id IN (SELECT id FROM theirs);`;
const unassigning = 'UPDATE tasks t SET assignee_id = NULL FROM feeds f, old_rows m';
// Marks may come between the holding and the unassigning, so that two leavers could wait for each other all the same: of one team, one after the other.
const locking = 'PERFORM 1 FROM tasks t JOIN feeds f ON f.id = t.feed_id JOIN old_rows m';
const left = [
  [
    locking,
    `PERFORM 1 FROM teams WHERE id IN (SELECT team_id FROM old_rows) ORDER BY id FOR NO KEY UPDATE;\n      ${locking}`,
  ],
  [unassigning, `${forgetting.trim()}\n      ${unassigning}`],
];

module.exports = {
  /**
   * That the account of whoever wrote a task has gone is no news of the task. Who changes a task without seeing its
   * feed, as when somebody is disabled, does not follow it. Whoever leaves a team gives up their marks in the order
   * in which a change of a task takes them: behind the tasks and before the feed. Behind the feed they were a deadlock.
   */
  up: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER memberships_unfollowed ON memberships;
    DROP FUNCTION forget_marks();
    DO $do$ BEGIN ${change('follow_tasks', followed)} ${change('record_gone_members', left)} END $do$;

    DELETE FROM task_marks m USING tasks t WHERE t.id = m.task_id AND t.feed_id NOT IN ${seenBy('m.user_id')};`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DO $do$ BEGIN ${change('record_gone_members', back(left))} ${change('follow_tasks', back(followed))} END $do$;

    CREATE FUNCTION forget_marks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM task_marks m USING tasks t JOIN feeds f ON f.id = t.feed_id JOIN old_rows gone ON gone.team_id = f.team_id
        WHERE m.task_id = t.id AND m.user_id = gone.user_id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER memberships_unfollowed AFTER DELETE ON memberships REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION forget_marks();`),
};
