'use strict';

module.exports = {
  // Without foreign keys: the record stays when the accounts are gone.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE audit_entries (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      action text NOT NULL,
      actor_id integer,
      user_id integer,
      details jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
      address text,
      created_at timestamptz(3) NOT NULL DEFAULT now()
    );
    CREATE INDEX audit_entries_created_at_id_idx ON audit_entries (created_at DESC, id DESC);
    CREATE INDEX audit_entries_action_created_at_id_idx ON audit_entries (action, created_at DESC, id DESC);
    CREATE INDEX audit_entries_actor_id_created_at_id_idx ON audit_entries (actor_id, created_at DESC, id DESC)
      WHERE actor_id IS NOT NULL;
    CREATE INDEX audit_entries_user_id_created_at_id_idx ON audit_entries (user_id, created_at DESC, id DESC)
      WHERE user_id IS NOT NULL;
    CREATE INDEX audit_entries_user_id_created_at_idx ON audit_entries (user_id, created_at DESC)
      WHERE action = 'signed_in';
    CREATE INDEX audit_entries_details_created_at_id_idx
      ON audit_entries ((details ->> 'email'), created_at DESC, id DESC) WHERE details ? 'email';`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE audit_entries'),
};
