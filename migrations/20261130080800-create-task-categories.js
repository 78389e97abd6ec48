'use strict';

const { functions } = require('./functions/index.cjs');

module.exports = {
  // list_id is part of both foreign keys, so that a task can only have categories of its own list.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE task_categories (
      task_id integer NOT NULL,
      category_id integer NOT NULL,
      list_id integer NOT NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (task_id, category_id),
      FOREIGN KEY (task_id, list_id) REFERENCES tasks (id, list_id) ON DELETE CASCADE,
      FOREIGN KEY (category_id, list_id) REFERENCES categories (id, list_id) ON DELETE CASCADE
    );
    CREATE INDEX task_categories_category_id_task_id_idx ON task_categories (category_id, task_id);
    ${functions('set_task_category_list_v01', 'touch_tasks_v01', 'remember_moved_task_v01')}
    CREATE TRIGGER task_categories_10_set_list BEFORE INSERT ON task_categories
      FOR EACH ROW WHEN (NEW.list_id IS NULL) EXECUTE FUNCTION set_task_category_list();
    CREATE TRIGGER task_categories_10_touch_tasks_on_insert AFTER INSERT ON task_categories
      REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION touch_tasks();
    CREATE TRIGGER task_categories_10_touch_tasks_on_delete AFTER DELETE ON task_categories
      REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION touch_tasks();
    CREATE TRIGGER task_categories_10_refuse_truncate BEFORE TRUNCATE ON task_categories
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
    CREATE TRIGGER tasks_30_remember_moved_task BEFORE UPDATE OF list_id ON tasks
      FOR EACH ROW WHEN (NEW.list_id <> OLD.list_id) EXECUTE FUNCTION remember_moved_task();`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER tasks_30_remember_moved_task ON tasks;
    DROP TABLE task_categories;
    DROP FUNCTION remember_moved_task();
    DROP FUNCTION touch_tasks();
    DROP FUNCTION set_task_category_list();`),
};
