'use strict';

// The id that a session had before its present one: its tabs are told from those that were signed out.
module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(`
    ALTER TABLE sessions ADD COLUMN previous_sid text;
    CREATE UNIQUE INDEX sessions_previous_sid ON sessions (previous_sid) WHERE previous_sid IS NOT NULL;`),
  down: ({ sequelize }) => sequelize.query('ALTER TABLE sessions DROP COLUMN previous_sid'),
};
