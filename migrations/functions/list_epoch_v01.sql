-- The epoch that clients see. A dump restores lists.epoch unchanged, so the hash also covers the cluster, its
-- timeline and the table: a restored, replaced or failed-over database has another epoch, and clients load afresh.
CREATE OR REPLACE FUNCTION list_epoch(epoch uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT left(md5(concat_ws(' ', epoch, (SELECT system_identifier FROM pg_control_system()),
    left(pg_walfile_name(pg_current_wal_insert_lsn()), 8), 'lists'::regclass::oid)), 16)
$$;
