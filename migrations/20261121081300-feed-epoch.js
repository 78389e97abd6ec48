'use strict';

module.exports = {
  // A dump brings the column back unchanged, so the epoch on the wire also names the cluster, its timeline
  // and the table: a restored, replaced or failed-over database is another epoch.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE FUNCTION feed_epoch(epoch uuid) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT left(md5(concat_ws(' ', epoch, (SELECT system_identifier FROM pg_control_system()),
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), 'feeds'::regclass::oid)), 16)
    $$;`),
  down: ({ sequelize }) => sequelize.query('DROP FUNCTION feed_epoch(uuid)'),
};
