'use strict';

module.exports = {
  // The newest that each person has written, as administrators see them; without it all of theirs are read and sorted.
  up: ({ sequelize }) =>
    sequelize.query('CREATE INDEX tasks_author ON tasks (user_id, id DESC) WHERE deleted_at IS NULL'),
  down: ({ sequelize }) => sequelize.query('DROP INDEX tasks_author'),
};
