'use strict';

module.exports = {
  // One for each user: a new request replaces the one before. Only a digest of the link's token is stored.
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
