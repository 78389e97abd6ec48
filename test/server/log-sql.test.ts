import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { createLogger } from '../../src/lib/logger.ts';
import { startApp } from '../support/app.ts';
import { createWorld } from '../support/world.ts';

describe('LOG_SQL', () => {
  it("logs each statement with its duration and the request's id, and no personal text", async () => {
    const lines: { from?: string; msg: string; requestId?: string }[] = [];
    const log = createLogger(
      'info',
      new Writable({
        write: (line: Buffer, _encoding, done) => {
          lines.push(JSON.parse(line.toString()) as never);
          done();
        },
      }),
    );
    const app = await startApp({ logSql: true }, log);
    const { ana } = await createWorld(app);
    const { headers } = await ana.client.post('/tasks', { description: 'between ourselves' });
    await app.close();
    const statements = lines.filter(
      ({ from, requestId }) => from === 'sql' && requestId === headers.get('x-request-id'),
    );
    assert.ok(
      statements.some(({ msg }) => /FROM sessions s JOIN users/.test(msg)),
      'the session',
    );
    assert.ok(
      statements.some(({ msg }) => /INSERT INTO "tasks"/.test(msg)),
      'the task',
    );
    for (const { msg } of statements) assert.match(msg, / \(\d+ ms\)$/);
    assert.doesNotMatch(JSON.stringify(lines), /between ourselves/);
  });
});
