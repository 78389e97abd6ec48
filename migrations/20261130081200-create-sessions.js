'use strict';

module.exports = {
  // sid, sess and expire are the names that session stores use. id names a session where people see it, because sid
  // is the secret that opens it. By previous_sid the tabs of a session whose sid was replaced are told from those of
  // a session that ended.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE sessions (
      sid text PRIMARY KEY,
      id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      user_id integer REFERENCES users ON DELETE CASCADE,
      previous_sid text,
      sess jsonb NOT NULL,
      expire timestamptz(3) NOT NULL,
      last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
      address text,
      agent text,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    );
    CREATE INDEX sessions_user_id_idx ON sessions (user_id);
    CREATE INDEX sessions_expire_idx ON sessions (expire);
    CREATE UNIQUE INDEX sessions_previous_sid_key ON sessions (previous_sid) WHERE previous_sid IS NOT NULL;`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE sessions'),
};
