'use strict';

const { functions } = require('./functions/index.cjs');

module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(`
    ${functions(
      'release_member_tasks_v01',
      'record_added_members_v01',
      'record_removed_members_v01',
      'record_renamed_teams_v01',
    )}
    CREATE TRIGGER teams_10_record_events_on_update AFTER UPDATE ON teams
      REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION record_renamed_teams();
    CREATE TRIGGER memberships_20_record_events_on_insert AFTER INSERT ON memberships
      REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_added_members();
    CREATE TRIGGER memberships_10_release_tasks AFTER DELETE ON memberships
      REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION release_member_tasks();
    CREATE TRIGGER memberships_20_record_events_on_delete AFTER DELETE ON memberships
      REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_removed_members();
    CREATE TRIGGER memberships_10_refuse_truncate BEFORE TRUNCATE ON memberships
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER memberships_10_refuse_truncate ON memberships;
    DROP TRIGGER memberships_20_record_events_on_delete ON memberships;
    DROP TRIGGER memberships_10_release_tasks ON memberships;
    DROP TRIGGER memberships_20_record_events_on_insert ON memberships;
    DROP TRIGGER teams_10_record_events_on_update ON teams;
    DROP FUNCTION record_renamed_teams();
    DROP FUNCTION record_removed_members();
    DROP FUNCTION record_added_members();
    DROP FUNCTION release_member_tasks();`),
};
