'use strict';

module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(`
    -- revision rises with every change, text_revision with a change of what people write
    CREATE FUNCTION revise_task() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.revision := OLD.revision + 1;
      IF (NEW.description, NEW.notes, NEW.due_on) IS DISTINCT FROM (OLD.description, OLD.notes, OLD.due_on)
        THEN NEW.text_revision := OLD.text_revision + 1;
        ELSE NEW.text_revision := OLD.text_revision;
      END IF;
      IF NEW.updated_at = OLD.updated_at THEN NEW.updated_at := now(); END IF;
      RETURN NEW;
    END $$;

    CREATE FUNCTION record_new_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM record_changes(array_agg((feed_id, 'new_task', coalesce(taskwire_actor(), user_id), 'task', id, revision, NULL)::feed_change))
      FROM new_rows HAVING count(*) > 0;
      RETURN NULL;
    END $$;

    -- A task that moves is gone in the one feed and new in the other; the side it leaves tells nothing of
    -- what it became. A touch (only the revision moved) counts: so a change of its categories is told.
    CREATE FUNCTION record_changed_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      happened feed_change[];
    BEGIN
      WITH pair AS (
        SELECT o.feed_id AS old_feed, n.feed_id AS new_feed, n.id, n.revision,
               o.deleted_at AS old_deleted, n.deleted_at AS new_deleted,
               CASE WHEN o.feed_id = n.feed_id THEN changed_columns(to_jsonb(o), to_jsonb(n)) END AS changes
        FROM new_rows n JOIN old_rows o USING (id)
      ), change AS (
        SELECT old_feed AS feed_id, 'task_deleted' AS name, id, revision, NULL::jsonb AS changes
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
    END $$;

    -- What was written in a purged task goes from its older events too.
    CREATE FUNCTION record_purged_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE events SET changes = changes - 'description' - 'notes'
      WHERE subject = 'task' AND subject_id IN (SELECT id FROM old_rows) AND changes ?| ARRAY['description', 'notes'];
      PERFORM record_changes(array_agg((feed_id, 'task_purged', taskwire_actor(), 'task', id, revision, NULL)::feed_change))
      FROM old_rows HAVING count(*) > 0;
      RETURN NULL;
    END $$;

    -- A task made in this very transaction has its event already, and nobody has seen it without its categories.
    CREATE FUNCTION touch_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM 1 FROM tasks WHERE id IN (SELECT task_id FROM moved_rows) ORDER BY id FOR NO KEY UPDATE;
      UPDATE tasks SET updated_at = now()
      WHERE id IN (SELECT task_id FROM moved_rows) AND NOT (revision = 1 AND xmin = pg_current_xact_id()::xid);
      RETURN NULL;
    END $$;

    CREATE TRIGGER tasks_revised BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION revise_task();
    CREATE TRIGGER tasks_inserted AFTER INSERT ON tasks REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION record_new_tasks();
    CREATE TRIGGER tasks_updated AFTER UPDATE ON tasks REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION record_changed_tasks();
    CREATE TRIGGER tasks_purged AFTER DELETE ON tasks REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION record_purged_tasks();
    CREATE TRIGGER tasks_truncated BEFORE TRUNCATE ON tasks FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
    CREATE TRIGGER task_categories_added AFTER INSERT ON task_categories REFERENCING NEW TABLE AS moved_rows
      FOR EACH STATEMENT EXECUTE FUNCTION touch_tasks();
    CREATE TRIGGER task_categories_taken AFTER DELETE ON task_categories REFERENCING OLD TABLE AS moved_rows
      FOR EACH STATEMENT EXECUTE FUNCTION touch_tasks();
    CREATE TRIGGER task_categories_truncated BEFORE TRUNCATE ON task_categories
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER task_categories_truncated ON task_categories;
    DROP TRIGGER task_categories_taken ON task_categories;
    DROP TRIGGER task_categories_added ON task_categories;
    DROP TRIGGER tasks_truncated ON tasks;
    DROP TRIGGER tasks_purged ON tasks;
    DROP TRIGGER tasks_updated ON tasks;
    DROP TRIGGER tasks_inserted ON tasks;
    DROP TRIGGER tasks_revised ON tasks;
    DROP FUNCTION touch_tasks();
    DROP FUNCTION record_purged_tasks();
    DROP FUNCTION record_changed_tasks();
    DROP FUNCTION record_new_tasks();
    DROP FUNCTION revise_task();`),
};
