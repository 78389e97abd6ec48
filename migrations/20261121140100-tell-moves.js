'use strict';

/** @param left, came what the two events of a task that moves say of it */
const recording = (left, came) => `
    CREATE OR REPLACE FUNCTION record_changed_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      happened feed_change[];
    BEGIN
      WITH pair AS (
        SELECT o.feed_id AS old_feed, n.feed_id AS new_feed, n.id, n.revision,
               o.deleted_at AS old_deleted, n.deleted_at AS new_deleted, o.description AS old_description,
               CASE WHEN o.feed_id = n.feed_id THEN changed_columns(to_jsonb(o), to_jsonb(n)) ELSE ${came} END AS changes
        FROM new_rows n FULL JOIN old_rows o USING (id)
      ), change AS (
        SELECT old_feed AS feed_id, 'task_deleted' AS name, id, revision, ${left} AS changes
        FROM pair WHERE old_feed <> new_feed
        UNION ALL
        SELECT new_feed,
          CASE WHEN old_feed <> new_feed THEN 'new_task'
               WHEN old_deleted IS NULL AND new_deleted IS NOT NULL THEN 'task_deleted'
               WHEN old_deleted IS NOT NULL AND new_deleted IS NULL THEN 'task_restored'
               ELSE 'task_updated' END,
          id, revision, changes
        FROM pair
      )
      SELECT array_agg((feed_id, name, taskwire_actor(), 'task', id, revision, changes)::feed_change) INTO happened FROM change;
      PERFORM record_changes(happened);
      RETURN NULL;
    END $$;`;

/** @param told which tasks have their event already */
const touching = (told) => `
    CREATE OR REPLACE FUNCTION touch_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM 1 FROM tasks WHERE id IN (SELECT task_id FROM moved_rows) ORDER BY id FOR NO KEY UPDATE;
      UPDATE tasks SET updated_at = now()
      WHERE id IN (SELECT task_id FROM moved_rows) AND NOT (${told});
      RETURN NULL;
    END $$;`;
const isNew = 'revision = 1 AND xmin = pg_current_xact_id()::xid';

module.exports = {
  /**
   * A task that moves is told as such, and once in each feed: the one learns where it is no more, the other that it
   * came, neither of the other feed. What it was called where it left is known there, and goes when it is purged.
   * Who does not see where it is now follows it no longer.
   */
  up: ({ sequelize }) => sequelize.query(`
    ${recording(`jsonb_build_object('feed_id', jsonb_build_array(old_feed, NULL), 'description', jsonb_build_array(old_description, NULL))`, `jsonb_build_object('feed_id', jsonb_build_array(NULL, n.feed_id))`)}

    -- A change of its labels in the same transaction is part of the move.
    ${touching(`${isNew} OR id = ANY (string_to_array(coalesce(current_setting('taskwire.moved', true), ''), ' ')::integer[])`)}

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
  down: ({ sequelize }) => sequelize.query(`
    DROP TRIGGER tasks_moved ON tasks;
    DROP TRIGGER tasks_moving ON tasks;
    DROP FUNCTION forget_marks_of_moved();
    DROP FUNCTION note_move();
    ${touching(isNew)}
    ${recording('NULL::jsonb', 'NULL')}`),
};
