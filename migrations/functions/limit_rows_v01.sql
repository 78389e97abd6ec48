-- Bounds how many rows one owner has, whatever statement adds them. Arguments: the owner's table, the column that refers
-- to it, the maximum, and a condition on the rows that count. The owner's row is locked, so that two transactions do not
-- both add the last one.
CREATE OR REPLACE FUNCTION limit_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owners constant text := TG_ARGV[0];
  owner constant text := TG_ARGV[1];
  maximum constant integer := TG_ARGV[2];
  counted constant text := coalesce(TG_ARGV[3], 'true');
  is_over boolean;
BEGIN
  EXECUTE format('SELECT FROM %1$I WHERE id IN (SELECT %2$I FROM new_rows) ORDER BY id FOR NO KEY UPDATE', owners, owner);
  EXECUTE format(
    'SELECT EXISTS (SELECT FROM (SELECT DISTINCT %1$I AS id FROM new_rows) owners WHERE
      (SELECT count(*) FROM %2$I.%3$I WHERE %1$I = owners.id AND %4$s) > %5$s)',
    owner, TG_TABLE_SCHEMA, TG_TABLE_NAME, counted, maximum
  ) INTO is_over;
  IF is_over THEN
    RAISE EXCEPTION 'more than % rows in %', maximum, TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_' || owner || '_limit';
  END IF;
  RETURN NULL;
END $$;
