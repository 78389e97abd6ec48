-- Keeps tasks.available right for every writer at the moment of writing. What passing time changes later is
-- the work of a background job.
CREATE OR REPLACE FUNCTION set_task_availability() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.available := is_available(NEW.available_from, NEW.available_until);
  RETURN NEW;
END $$;
