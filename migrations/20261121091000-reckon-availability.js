'use strict';

module.exports = {
  // Whoever writes a task and however, `available` is what its window says at that moment. Tasks without a
  // window, nearly all, pay for the WHEN alone. Rows from before are mended: nothing kept them right.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE FUNCTION is_within(available_from timestamptz, available_until timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
      SELECT coalesce(available_from <= now(), true) AND coalesce(available_until > now(), true)
    $$;

    CREATE FUNCTION reckon_availability() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.available := is_within(NEW.available_from, NEW.available_until);
      RETURN NEW;
    END $$;

    CREATE TRIGGER tasks_available BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW
      WHEN (num_nonnulls(NEW.available_from, NEW.available_until) > 0 OR NOT NEW.available) EXECUTE FUNCTION reckon_availability();

    UPDATE tasks SET available = NOT available WHERE available <> is_within(available_from, available_until);`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER tasks_available ON tasks;
    DROP FUNCTION reckon_availability();
    DROP FUNCTION is_within(timestamptz, timestamptz);`),
};
