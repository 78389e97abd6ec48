-- Who makes the changes of this transaction: unitOfWork sets it with set_config('taskwire.actor', …, true).
-- NULL outside a unit of work and for background jobs.
CREATE OR REPLACE FUNCTION current_actor_id() RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('taskwire.actor', true), '')::integer
$$;
