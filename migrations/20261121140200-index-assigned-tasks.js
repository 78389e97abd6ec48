'use strict';

// "My tasks": what is open and assigned to somebody, feed by feed, by due date, and how many they are.
module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE INDEX tasks_open_assignee ON tasks (assignee_id, feed_id, due_on, id)
    WHERE deleted_at IS NULL AND completed_at IS NULL AND available AND assignee_id IS NOT NULL`),
  down: ({ sequelize }) => sequelize.query('DROP INDEX tasks_open_assignee'),
};
