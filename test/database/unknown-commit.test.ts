import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Sequelize } from 'sequelize';
import { connectionOf } from '../../src/config/connection.ts';
import { createSequelize } from '../../src/config/database.ts';
import { readDatabaseSettings } from '../../src/config/env.ts';
import { isUnreachable } from '../../src/database/errors.ts';
import { preparedSql } from '../../src/database/sql.ts';
import { defineModels, Task } from '../../src/models/index.ts';
import { unitOfWork } from '../../src/database/transaction.ts';
import type { Viewer } from '../../src/database/visible-lists.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createGate, type Gate } from '../support/gate.ts';
import { person } from '../support/people.ts';
import { createTask } from '../../src/models/task/commands.ts';

let database: TestDatabase;
let gate: Gate;
let sequelize: Sequelize;
let ana: Viewer;

before(async () => {
  database = await createTestDatabase();
  gate = await createGate(database.connection);
  await gate.open();
  sequelize = createSequelize(connectionOf(gate.url, 'off'), readDatabaseSettings({}));
  defineModels(sequelize);
  ana = await person('ana');
});
after(async () => {
  await sequelize.close();
  await gate.close();
  await database.drop();
});

const stored = (description: string): Promise<number> => Task.count({ where: { description } });

/** Does something whose answer from the database gets lost after it has been done. */
async function losing(text: string, work: () => Promise<unknown>): Promise<void> {
  const lost = gate.loseResponseTo(text);
  await assert.rejects(work(), isUnreachable);
  await lost;
}

describe('a write of which nobody knows whether it was committed', () => {
  it('is not done again by the unit of work', async () => {
    let attempts = 0;
    await losing('COMMIT', () =>
      unitOfWork(ana.id, async () => {
        attempts += 1;
        await createTask(ana, { listId: ana.listId, description: 'in a unit' });
      }),
    );
    assert.deepEqual([attempts, await stored('in a unit')], [1, 1]);
  });

  it('is not done again by a create that is one statement', async () => {
    await losing('INSERT INTO', () =>
      Task.create({ listId: ana.listId, userId: ana.id, description: 'in one statement' }),
    );
    assert.equal(await stored('in one statement'), 1);
  });

  it('is not done again by a prepared statement', async () => {
    const text = "INSERT INTO tasks (list_id, user_id, description) VALUES ($1, $2, 'prepared')";
    await losing(text, () => preparedSql(text, [ana.listId, ana.id]));
    assert.equal(await stored('prepared'), 1);
  });

  it('is one task when its form is sent again with the same key', async () => {
    const task = { listId: ana.listId, description: 'sent twice', formKey: 'a0a0a0a0-0000-4000-8000-000000000001' };
    await losing('INSERT INTO', () => createTask(ana, task));
    const again = await createTask(ana, task);
    assert.deepEqual([again.description, await stored('sent twice')], ['sent twice', 1]);
  });
});

describe('a plan that a migration has made stale', () => {
  it('is made anew, once for each connection, and what goes on failing so is told', async () => {
    await sequelize.query('CREATE TABLE changing (one integer); INSERT INTO changing VALUES (1)');
    const read = () => preparedSql<{ one: number | string }>('SELECT * FROM changing', []);
    assert.deepEqual(await read(), [{ one: 1 }]);
    await sequelize.query("ALTER TABLE changing ALTER COLUMN one TYPE text USING 'now ' || one");
    assert.deepEqual(await read(), [{ one: 'now 1' }]);

    await sequelize.query(
      "CREATE FUNCTION unsupported() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '0A000'; END $$",
    );
    await assert.rejects(preparedSql('SELECT unsupported()', []), { code: '0A000' });
  });
});
