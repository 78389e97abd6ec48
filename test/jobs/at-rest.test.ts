import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { startApp, type TestApp } from '../support/app.ts';
import { recorder } from '../support/recorder.ts';

/** Every statement that this process sends, also those of the bus, which Sequelize's log does not show. */
const statements = recorder<{ text: string; at: number }>();
const send = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;

/** A function, because `pg` looks at `this`. */
function recordAndSend(this: pg.Client, ...args: unknown[]): unknown {
  const [query] = args as [string | { text: string }];
  statements.add({ text: typeof query === 'string' ? query : query.text, at: performance.now() });
  return send.apply(this, args);
}

let app: TestApp;
before(async () => {
  app = await startApp({ smtpUrl: 'smtp://127.0.0.1:9' });
});
after(async () => {
  await app.close();
});

describe('a server without visitors', () => {
  it('makes at most one statement a second', async () => {
    Object.assign(pg.Client.prototype, { query: recordAndSend });
    try {
      // Heartbeats of the bus, five seconds apart, mark the beginning and the end of the measured time.
      await statements.until((all) => all.filter(({ text }) => text.includes('pg_notify')).length >= 3, 30_000);
    } finally {
      Object.assign(pg.Client.prototype, { query: send });
    }
    const heartbeats = statements.all.filter(({ text }) => text.includes('pg_notify'));
    const [first, last] = [heartbeats[0]!.at, heartbeats.at(-1)!.at];
    const counted = statements.all.filter(({ at }) => at > first && at <= last);
    const perSecond = counted.length / ((last - first) / 1000);
    assert.ok(perSecond <= 1, `${perSecond.toFixed(1)}/s: ${counted.map(({ text }) => text).join('\n')}`);
  });
});
