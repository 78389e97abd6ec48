'use strict';

const { functions } = require('./functions/index.cjs');

const OPEN = 'deleted_at IS NULL AND completed_at IS NULL AND available';
const ASSIGNED = `${OPEN} AND assignee_id IS NOT NULL`;

// One index for every order in which a list is read, each led by the list; docs/database.md has the queries.
// Measured with a million tasks: with (list_id, id DESC) the planner walked the primary key (20–105 ms), and without
// the partial indexes a list with few open tasks among many done took 22–132 ms; with these it takes 0.04–0.05 ms.
// With 200,000 tasks that are not available, `AND available` brought the list page from 146 to 5 ms.
const indexes = {
  tasks_list_id_created_at_id_idx: '(list_id, created_at DESC, id DESC)',
  tasks_list_id_created_at_id_idx1: `(list_id, created_at DESC, id DESC) WHERE ${OPEN}`,
  tasks_list_id_due_on_id_idx: `(list_id, due_on, id) WHERE ${OPEN}`,
  tasks_list_id_position_id_idx: `(list_id, position, id) WHERE ${OPEN}`,
  tasks_list_id_completed_at_id_idx:
    '(list_id, completed_at DESC, id DESC) WHERE deleted_at IS NULL AND completed_at IS NOT NULL',
  tasks_list_id_deleted_at_id_idx: '(list_id, deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL',
  tasks_assignee_id_idx: '(assignee_id)',
  tasks_assignee_id_list_id_due_on_id_idx: `(assignee_id, list_id, due_on, id) WHERE ${ASSIGNED}`,
  tasks_user_id_id_idx: '(user_id, id DESC) WHERE deleted_at IS NULL',
  // btree_gin lets list_id lead.
  tasks_list_id_search_text_idx: 'USING gin (list_id, search_grams(search_text))',
};

module.exports = {
  async up({ sequelize }) {
    await sequelize.query(`CREATE EXTENSION IF NOT EXISTS btree_gin; ${functions('search_grams_v01')}`);
    for (const [name, definition] of Object.entries(indexes))
      await sequelize.query(`CREATE INDEX ${name} ON tasks ${definition}`);
  },
  // The extension stays: another schema of the same database may use it.
  async down({ sequelize }) {
    for (const name of Object.keys(indexes)) await sequelize.query(`DROP INDEX ${name}`);
    await sequelize.query('DROP FUNCTION search_grams(text)');
  },
};
