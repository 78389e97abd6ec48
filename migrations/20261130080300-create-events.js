'use strict';

const { functions } = require('./functions/index.cjs');

module.exports = {
  // actor_id has no foreign key: what somebody did stays when the account is deleted. created_at rises with the
  // version, because the list is locked while events are inserted.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE events (
      list_id integer NOT NULL REFERENCES lists ON DELETE CASCADE,
      version bigint NOT NULL,
      name text NOT NULL,
      actor_id integer,
      subject text NOT NULL CHECK (subject IN ('task', 'category', 'user', 'list')),
      subject_id integer NOT NULL,
      revision integer,
      changes jsonb,
      created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (list_id, version)
    );
    CREATE INDEX events_subject_subject_id_version_idx ON events (subject, subject_id, version);
    CREATE INDEX events_list_id_created_at_version_idx ON events (list_id, created_at DESC, version DESC);
    CREATE INDEX events_list_id_actor_id_created_at_version_idx
      ON events (list_id, actor_id, created_at DESC, version DESC);
    CREATE INDEX events_subject_subject_id_version_idx1
      ON events (subject, subject_id, version) WHERE changes ?| ARRAY['description', 'name'];

    CREATE TYPE list_change AS (
      list_id integer, name text, actor_id integer, subject text, subject_id integer, revision integer, changes jsonb
    );
    ${functions('current_actor_id_v01', 'changed_columns_v01', 'record_events_v01', 'refuse_truncate_v01')}`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP FUNCTION refuse_truncate();
    DROP FUNCTION record_events(list_change[]);
    DROP FUNCTION changed_columns(jsonb, jsonb);
    DROP FUNCTION current_actor_id();
    DROP TYPE list_change;
    DROP TABLE events;`),
};
