import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Sequelize } from 'sequelize';
import { createSequelize } from '../../src/config/database.ts';
import { readDatabaseSettings } from '../../src/config/env.ts';
import { isUnreachable } from '../../src/database/errors.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTerminator, type Terminator } from '../support/terminator.ts';

describe('a connection that is cut in the moment in which it is ready', () => {
  let database: TestDatabase;
  let terminator: Terminator;
  let sequelize: Sequelize;
  before(async () => {
    database = await createTestDatabase();
    terminator = await startTerminator(database.connection);
    sequelize = createSequelize(terminator.connection, { ...readDatabaseSettings({}), dbPoolMax: 1 });
  });
  after(async () => {
    await sequelize.close();
    await terminator.close();
    await database.drop();
  });

  it('fails who asked for it, as a database that is not to be reached, and nothing else', async () => {
    await assert.rejects(sequelize.query('SELECT 1'), isUnreachable);
  });

  it('leaves its place to the next', async () => {
    const [rows] = await sequelize.query('SELECT 1 AS one');
    assert.deepEqual(rows, [{ one: 1 }]);
  });
});
