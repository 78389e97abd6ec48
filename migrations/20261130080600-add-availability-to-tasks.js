'use strict';

const { functions } = require('./functions/index.cjs');

module.exports = {
  // A task without a window, as nearly all are, pays for the trigger's WHEN alone. The first two indexes serve the job
  // that looks for tasks whose window has opened or closed, and are empty where there are none. The first is a range:
  // tasks whose window is over stay unavailable and would be read every time along available_from.
  up: ({ sequelize }) =>
    sequelize.query(`
    ${functions('is_available_v01', 'set_task_availability_v01')}
    CREATE TRIGGER tasks_20_set_availability BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW
      WHEN (num_nonnulls(NEW.available_from, NEW.available_until) > 0 OR NOT NEW.available)
      EXECUTE FUNCTION set_task_availability();

    CREATE INDEX tasks_available_from_available_until_idx ON tasks
      USING gist (tstzrange(available_from, available_until))
      WHERE deleted_at IS NULL AND completed_at IS NULL AND NOT available;
    CREATE INDEX tasks_available_until_idx ON tasks (available_until)
      WHERE deleted_at IS NULL AND completed_at IS NULL AND available AND available_until IS NOT NULL;
    CREATE INDEX tasks_list_id_created_at_id_idx2 ON tasks (list_id, created_at DESC, id DESC)
      WHERE deleted_at IS NULL AND completed_at IS NULL AND NOT available;`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP INDEX tasks_list_id_created_at_id_idx2;
    DROP INDEX tasks_available_until_idx;
    DROP INDEX tasks_available_from_available_until_idx;
    DROP TRIGGER tasks_20_set_availability ON tasks;
    DROP FUNCTION set_task_availability();
    DROP FUNCTION is_available(timestamptz, timestamptz);`),
};
