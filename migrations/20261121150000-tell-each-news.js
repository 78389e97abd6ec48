'use strict';

/**
 * Each news of a task touches the mark of everybody who follows it, not only the first one that is unread: so the
 * inbox has the newest on top, and `updated_at`, which rises with each, says what somebody has been shown. What
 * comes while they read it waits for the row and stays unread; before, it found the mark unread and left it to
 * be overwritten. A new place in the order is no news by itself, and hides none.
 */
const place = 'n.position IS NOT DISTINCT FROM o.position';
const news = `${place} OR changed_columns(to_jsonb(o), to_jsonb(n)) - 'position' <> '{}'`;
const changes = [
  [`actor AND (${place})`, `actor AND (${news})`],
  ['WHERE m.read AND m.user_id', 'WHERE m.user_id'],
  ['updated_at = now() FROM', "updated_at = greatest(clock_timestamp(), m.updated_at + interval '1 ms') FROM"],
  [`m.read AND m.user_id IS DISTINCT FROM actor AND ${place};`, `m.user_id IS DISTINCT FROM actor AND (${news});`],
];

const following = (pairs) => `
  DO $do$ BEGIN
    EXECUTE ${pairs.reduce((text, [from, to]) => `replace(${text}, $from$${from}$from$, $to$${to}$to$)`, "pg_get_functiondef('follow_tasks'::regproc)")};
  END $do$;`;
const unread = (columns) => `
  DROP INDEX task_marks_unread;
  CREATE INDEX task_marks_unread ON task_marks (${columns}) WHERE NOT read;`;

module.exports = {
  up: ({ sequelize }) => sequelize.query(following(changes) + unread('user_id, updated_at DESC, id DESC')),
  down: ({ sequelize }) =>
    sequelize.query(following(changes.map(([from, to]) => [to, from]).reverse()) + unread('user_id, updated_at DESC')),
};
