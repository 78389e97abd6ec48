'use strict';

module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE sessions (
      sid text PRIMARY KEY,
      user_id integer REFERENCES users ON DELETE CASCADE,
      sess jsonb NOT NULL,
      expire timestamptz(3) NOT NULL,
      last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
      address text,
      agent text,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    );
    CREATE INDEX sessions_user ON sessions (user_id);
    CREATE INDEX sessions_expire ON sessions (expire);`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE sessions'),
};
