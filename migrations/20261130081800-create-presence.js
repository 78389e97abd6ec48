'use strict';

module.exports = {
  // Unlogged and without foreign keys: rewritten every few seconds, worthless after a crash.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE UNLOGGED TABLE presence (
      process_id uuid NOT NULL,
      user_id integer NOT NULL,
      list_id integer NOT NULL,
      seen_at timestamptz(3) NOT NULL DEFAULT now(),
      PRIMARY KEY (process_id, user_id, list_id)
    ) WITH (fillfactor = 50);
    CREATE INDEX presence_list_id_idx ON presence (list_id);`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE presence'),
};
