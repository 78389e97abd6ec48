'use strict';

// Unlogged and without foreign keys: it is rewritten every few seconds and worth nothing after a crash.
module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE UNLOGGED TABLE presence (
      process_id uuid NOT NULL,
      user_id integer NOT NULL,
      feed_id integer NOT NULL,
      seen_at timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (process_id, user_id, feed_id)
    ) WITH (fillfactor = 50);
    CREATE INDEX presence_feed ON presence (feed_id);`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE presence'),
};
