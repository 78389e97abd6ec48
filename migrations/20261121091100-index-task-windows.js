'use strict';

// The first two find what time has changed, and hold only tasks with a window that are open: where there are
// none, asking costs nothing. What is over for good stays unavailable and would be met at every look along
// available_from, hence the range: neither it nor what waits contains the present.
const indexes = {
  tasks_coming:
    'USING gist (tstzrange(available_from, available_until)) WHERE deleted_at IS NULL AND completed_at IS NULL AND NOT available',
  tasks_leaving:
    '(available_until) WHERE deleted_at IS NULL AND completed_at IS NULL AND available AND available_until IS NOT NULL',
  tasks_scheduled:
    '(feed_id, created_at DESC, id DESC) WHERE deleted_at IS NULL AND completed_at IS NULL AND NOT available',
};

module.exports = {
  async up({ sequelize }) {
    for (const [name, definition] of Object.entries(indexes))
      await sequelize.query(`CREATE INDEX ${name} ON tasks ${definition}`);
  },
  async down({ sequelize }) {
    for (const name of Object.keys(indexes)) await sequelize.query(`DROP INDEX ${name}`);
  },
};
