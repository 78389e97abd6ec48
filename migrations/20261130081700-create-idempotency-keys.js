'use strict';

module.exports = {
  // The responses of successful requests, kept for a day and written in the transaction of the request itself.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE idempotency_keys (
      user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
      key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
      request_digest bytea NOT NULL,
      status smallint NOT NULL,
      headers jsonb NOT NULL,
      body text NOT NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (user_id, key)
    );
    CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE idempotency_keys'),
};
