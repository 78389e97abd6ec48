'use strict';

module.exports = {
  // The activity feed reads each feed newest first. created_at of a feed's events rises with the version: the
  // feed is locked while they are written.
  up: ({ sequelize }) =>
    sequelize.query('CREATE INDEX events_newest ON events (feed_id, created_at DESC, version DESC)'),
  down: ({ sequelize }) => sequelize.query('DROP INDEX events_newest'),
};
