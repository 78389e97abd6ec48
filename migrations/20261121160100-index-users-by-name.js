'use strict';

module.exports = {
  // The order in which administrators see people.
  up: ({ sequelize }) => sequelize.query('CREATE INDEX users_name ON users (lower(name), id)'),
  down: ({ sequelize }) => sequelize.query('DROP INDEX users_name'),
};
