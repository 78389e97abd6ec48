'use strict';

module.exports = {
  // One for each person, so that a new one ends the older. Of the secret in its link only a digest is kept.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE password_resets (
      user_id integer PRIMARY KEY REFERENCES users ON DELETE CASCADE,
      digest bytea NOT NULL UNIQUE,
      expires_at timestamptz(3) NOT NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    );`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE password_resets'),
};
