'use strict';

const { functions } = require('./functions/index.cjs');

module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(`
    ${functions('check_assignee_v01', 'unassign_disabled_users_v01')}
    CREATE TRIGGER tasks_10_check_assignee_on_insert BEFORE INSERT ON tasks
      FOR EACH ROW WHEN (NEW.assignee_id IS NOT NULL) EXECUTE FUNCTION check_assignee();
    CREATE TRIGGER tasks_10_check_assignee_on_update BEFORE UPDATE OF assignee_id, list_id ON tasks
      FOR EACH ROW WHEN (
        NEW.assignee_id IS NOT NULL
        AND (NEW.assignee_id, NEW.list_id) IS DISTINCT FROM (OLD.assignee_id, OLD.list_id)
      ) EXECUTE FUNCTION check_assignee();
    CREATE TRIGGER users_20_unassign_disabled AFTER UPDATE ON users
      REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION unassign_disabled_users();`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER users_20_unassign_disabled ON users;
    DROP TRIGGER tasks_10_check_assignee_on_update ON tasks;
    DROP TRIGGER tasks_10_check_assignee_on_insert ON tasks;
    DROP FUNCTION unassign_disabled_users();
    DROP FUNCTION check_assignee();`),
};
