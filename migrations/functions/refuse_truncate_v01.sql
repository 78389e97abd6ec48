-- TRUNCATE fires no trigger that sees the rows, so no event would be recorded and open tabs would never know.
CREATE OR REPLACE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'cannot truncate %: no events would be recorded; use DELETE', TG_TABLE_NAME;
END $$;
