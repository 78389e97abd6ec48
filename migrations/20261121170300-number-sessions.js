'use strict';

module.exports = {
  // By which a person's own list names a session: the sid itself opens it.
  up: ({ sequelize }) =>
    sequelize.query('ALTER TABLE sessions ADD COLUMN id integer GENERATED ALWAYS AS IDENTITY UNIQUE'),
  down: ({ sequelize }) => sequelize.query('ALTER TABLE sessions DROP COLUMN id'),
};
