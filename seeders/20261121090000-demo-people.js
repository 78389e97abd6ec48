'use strict';

const { createHmac } = require('node:crypto');
const bcrypt = require('bcrypt');

/** Published in the README, so these accounts are never created in production. */
const PASSWORD = 'taskwire-demo';

/** `due` and `done` are relative to today, in days; the newest task comes first. */
const people = [
  {
    name: 'Ana',
    email: 'ana@example.com',
    timeZone: 'Europe/Madrid',
    categories: { Work: 'blue', Home: 'green', Reading: 'violet' },
    tasks: [
      { description: 'Send the agenda for Thursday', due: 1, priority: 2, in: ['Work'] },
      { description: 'Book the dentist', in: ['Home'] },
      {
        description: 'Review the quarterly figures',
        due: 0,
        priority: 3,
        in: ['Work'],
        notes: 'Marketing has moved two lines since last time.\nAsk Bob about the travel costs.',
      },
      { description: 'Water the tomatoes', due: 0, in: ['Home'], done: 0 },
      { description: 'Return the library books', due: -2, priority: 1, in: ['Home', 'Reading'] },
      { description: 'Finish the novel before Sunday', in: ['Reading'] },
      { description: 'Reply to the landlord', done: -1, in: ['Home'] },
    ],
  },
  {
    name: 'Bob',
    email: 'bob@example.com',
    timeZone: 'America/New_York',
    categories: { Release: 'red', Errands: 'amber' },
    tasks: [
      { description: 'Write the notes for version 2.4', due: 2, priority: 3, in: ['Release'] },
      {
        description: 'Try the upgrade on a copy of the data',
        due: 1,
        priority: 2,
        in: ['Release'],
        notes: '1. Restore last night’s backup\n2. Run the migrations\n3. Compare the counts',
      },
      { description: 'Pick up the parcel', in: ['Errands'] },
      { description: 'Renew the bus pass', due: 5, in: ['Errands'] },
      { description: 'Close the old tickets', done: 0, in: ['Release'] },
    ],
  },
  {
    name: 'Eve',
    email: 'eve@example.com',
    timeZone: 'Asia/Shanghai',
    categories: { Garden: 'lime', Music: 'pink' },
    tasks: [
      { description: 'Practise the second movement', due: 3, priority: 1, in: ['Music'] },
      { description: 'Order seed potatoes', due: -1, in: ['Garden'] },
      { description: 'Sharpen the shears', in: ['Garden'], done: -3 },
    ],
  },
];

module.exports = {
  async up({ sequelize }) {
    refuseInProduction();
    const digests = await Promise.all(people.map(() => hashPassword(PASSWORD)));
    await sequelize.transaction(async (transaction) => {
      const insert = async (sql, bind) => (await sequelize.query(`${sql} RETURNING *`, { bind, transaction }))[0][0].id;
      for (const [index, person] of people.entries()) await addPerson(insert, person, digests[index]);
    });
  },

  /** Deleting the demo people cascades to their lists. */
  async down({ sequelize }) {
    refuseInProduction();
    await sequelize.transaction(async (transaction) => {
      for (const table of ['tasks', 'categories', 'users'])
        await sequelize.query(`DELETE FROM ${table} WHERE seed`, { transaction });
    });
  },
};

async function addPerson(insert, { name, email, timeZone, categories, tasks }, digest) {
  const userId = await insert(
    'INSERT INTO users (name, email, email_confirmed_at, time_zone, password_digest, seed) ' +
      'VALUES ($1, $2, now(), $3, $4, true)',
    [name, email, timeZone, digest],
  );
  const listId = await insert('INSERT INTO lists (user_id) VALUES ($1)', [userId]);
  const categoryIds = {};
  for (const [original, color] of Object.entries(categories)) {
    categoryIds[original] = await insert(
      'INSERT INTO categories (list_id, name, color, seed) VALUES ($1, $2, $3, true)',
      [listId, { original }, color],
    );
  }
  for (const [index, task] of tasks.entries()) {
    const id = await insert(
      `INSERT INTO tasks
         (list_id, user_id, description, notes, priority, due_on, completed_at, created_at, updated_at, seed)
       SELECT $1, $2, $3, $4, $5, current_date + $6::integer, now() + make_interval(days => $7::integer), at, at, true
       FROM (SELECT now() - make_interval(days => 3, hours => 5 * $8::integer) AS at) AS creation`,
      [
        listId,
        userId,
        task.description,
        task.notes ?? null,
        task.priority ?? 0,
        task.due ?? null,
        task.done ?? null,
        index,
      ],
    );
    for (const category of task.in) {
      await insert('INSERT INTO task_categories (task_id, category_id, list_id) VALUES ($1, $2, $3)', [
        id,
        categoryIds[category],
        listId,
      ]);
    }
  }
}

/** Same as in src/lib/password.ts, which a plain JavaScript file cannot import. */
function hashPassword(password) {
  return bcrypt.hash(createHmac('sha384', 'taskwire/v1').update(password).digest('base64'), 12);
}

function refuseInProduction() {
  if (process.env.NODE_ENV === 'production')
    throw new Error('The demo accounts have a published password and must not be created in production.');
}
