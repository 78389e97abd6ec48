'use strict';

module.exports = {
  // The feed stands in both foreign keys, so that a task can carry no category of another feed.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE task_categories (
      task_id integer NOT NULL,
      category_id integer NOT NULL,
      feed_id integer NOT NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (task_id, category_id),
      FOREIGN KEY (task_id, feed_id) REFERENCES tasks (id, feed_id) ON DELETE CASCADE,
      FOREIGN KEY (category_id, feed_id) REFERENCES categories (id, feed_id) ON DELETE CASCADE
    );
    CREATE INDEX task_categories_category ON task_categories (category_id, task_id);`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE task_categories'),
};
