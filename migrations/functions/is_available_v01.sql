-- Whether now lies within the window; a bound that is NULL is open.
CREATE OR REPLACE FUNCTION is_available(available_from timestamptz, available_until timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(available_from <= now(), true) AND coalesce(available_until > now(), true)
$$;
