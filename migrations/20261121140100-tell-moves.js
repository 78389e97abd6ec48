'use strict';

/** Changes a function by parts of its text. */
const change = (name, replaced) => `
  EXECUTE ${replaced.reduce((text, [from, to]) => `replace(${text}, $part$${from}$part$, $part$${to}$part$)`, `pg_get_functiondef('${name}'::regproc)`)};`;
const back = (replaced) => replaced.map(([from, to]) => [to, from]);

const told = [
  ['o.feed_id AS old_feed,', 'o.feed_id AS old_feed, o.description AS old_description,'],
  [
    'to_jsonb(n)) END AS changes',
    "to_jsonb(n)) ELSE jsonb_build_object('feed_id', jsonb_build_array(NULL, n.feed_id)) END AS changes",
  ],
  [
    'revision, NULL::jsonb AS changes',
    "revision, jsonb_build_object('feed_id', jsonb_build_array(old_feed, NULL), 'description', jsonb_build_array(old_description, NULL)) AS changes",
  ],
];
// A change of its labels in the same transaction is part of the move.
const touched = [
  [
    'NOT (revision = 1 AND xmin = pg_current_xact_id()::xid)',
    "NOT (revision = 1 AND xmin = pg_current_xact_id()::xid OR id = ANY (string_to_array(coalesce(current_setting('taskwire.moved', true), ''), ' ')::integer[]))",
  ],
];

module.exports = {
  /**
   * A task that moves is told as such, and once in each feed: the one learns where it is no more, the other that it
   * came, neither of the other feed. What it was called where it left is known there, and goes when it is purged.
   * Who does not see where it is now follows it no longer.
   */
  up: ({ sequelize }) =>
    sequelize.query(`
    DO $do$ BEGIN ${change('record_changed_tasks', told)} ${change('touch_tasks', touched)} END $do$;

    CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM set_config('taskwire.moved', concat_ws(' ', nullif(current_setting('taskwire.moved', true), ''), NEW.id), true);
      RETURN NEW;
    END $$;

    CREATE FUNCTION forget_marks_of_moved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM task_marks m WHERE m.task_id = NEW.id AND NOT EXISTS (
        SELECT FROM feeds f LEFT JOIN memberships s ON s.team_id = f.team_id AND s.user_id = m.user_id
        WHERE f.id = NEW.feed_id AND (f.user_id = m.user_id OR s.id IS NOT NULL)
      );
      RETURN NULL;
    END $$;

    CREATE TRIGGER tasks_moving BEFORE UPDATE OF feed_id ON tasks FOR EACH ROW WHEN (NEW.feed_id <> OLD.feed_id) EXECUTE FUNCTION note_move();
    CREATE TRIGGER tasks_moved AFTER UPDATE OF feed_id ON tasks FOR EACH ROW WHEN (NEW.feed_id <> OLD.feed_id) EXECUTE FUNCTION forget_marks_of_moved();`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER tasks_moved ON tasks;
    DROP TRIGGER tasks_moving ON tasks;
    DROP FUNCTION forget_marks_of_moved();
    DROP FUNCTION note_move();
    DO $do$ BEGIN ${change('touch_tasks', back(touched))} ${change('record_changed_tasks', back(told))} END $do$;`),
};
