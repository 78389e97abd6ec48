'use strict';

module.exports = {
  // actor_id has no foreign key: what somebody did stays when the account goes.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE events (
      feed_id integer NOT NULL REFERENCES feeds ON DELETE CASCADE,
      version bigint NOT NULL,
      name text NOT NULL,
      actor_id integer,
      subject text NOT NULL CHECK (subject IN ('task', 'category', 'user')),
      subject_id integer NOT NULL,
      revision integer,
      changes jsonb,
      created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (feed_id, version)
    );
    CREATE INDEX events_subject ON events (subject, subject_id, version);`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE events'),
};
