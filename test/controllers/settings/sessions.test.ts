import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AuditEntry, Session } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client } from '../../support/client.ts';
import { Program } from '../../support/program.ts';
import { openTab } from '../../support/socket.ts';
import { createWorld, worldPassword, type Person, type World } from '../../support/world.ts';
import { createToken } from '../../../src/models/api-token/commands.ts';
import { renewSession } from '../../../src/models/session/commands.ts';

let app: TestApp;
let world: World;
let here: Person;
let there: Person;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());
beforeEach(async () => {
  await Session.destroy({ where: { userId: world.ana.user.id } });
  here = await world.signIn(world.ana);
  there = await world.signIn(world.ana);
});

const isSignedIn = async (client: Client): Promise<boolean> => (await client.get('/settings')).status === 200;
const list = async (person = here): Promise<string> => (await person.client.get('/settings/sessions')).text;
const endings = (text: string): string[] =>
  [...text.matchAll(/action="(\/settings\/sessions\/\d+)"/g)].map(([, action]) => action!);

describe('the list of sessions', () => {
  it('shows device, address and last use, and which one is current', async () => {
    const phone = new Client(app.url);
    await phone.post(
      '/login',
      { email: 'ana@example.com', password: worldPassword },
      {
        'user-agent':
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      },
    );
    await app.sequelize.query("UPDATE sessions SET last_seen_at = now() - interval '3 hours' WHERE sid = $1", {
      bind: [there.sid],
    });
    const text = await list();
    assert.match(text, /Safari on iPhone/);
    assert.match(text, /Unknown device/);
    assert.match(text, /127\.0\.0\.1/);
    assert.match(text, /Active within the last hour/);
    assert.match(text, /Last active /);
    assert.equal(text.split('This session').length, 2);
    assert.equal(endings(text).length, 2, 'this one is ended by signing out');
  });

  it('shows no session id, and nobody else’s sessions', async () => {
    const text = await list();
    const sids = (await Session.findAll()).map(({ sid }) => sid);
    assert.ok(sids.length > 2 && sids.every((sid) => !text.includes(sid)));
    assert.equal(endings(text).length, 1);
  });

  it('ends one of them with its sockets, so that a copied cookie is worthless (A2, A3)', async () => {
    const copied = new Client(app.url, Object.fromEntries(there.client.cookies));
    const [tab, mine] = [await openTab(there), await openTab(here)];
    const [action = ''] = endings(await list());
    assert.equal((await here.client.delete(action)).location, '/settings/sessions');
    assert.deepEqual(await tab.waitFor('session_ended'), { reason: 'revoked' });
    await tab.ends.until((ends) => ends.length > 0);
    assert.match(await list(), /Session ended/);
    assert.equal(await isSignedIn(copied), false);
    await assert.rejects(openTab({ client: copied }));
    assert.equal(await isSignedIn(here.client), true);
    assert.deepEqual(mine.ends.all, []);
    assert.equal((await here.client.delete(action)).status, 404);
    assert.equal(await AuditEntry.count({ where: { action: 'session_ended', userId: world.ana.user.id } }), 1);
    mine.close();
  });

  it('A3: ends all others', async () => {
    const third = await world.signIn(world.ana);
    const tabs = [await openTab(there), await openTab(third)];
    const bobs = await openTab(world.bob);
    assert.equal((await here.client.delete('/settings/sessions')).location, '/settings/sessions');
    for (const tab of tabs) assert.deepEqual(await tab.waitFor('session_ended'), { reason: 'revoked' });
    assert.deepEqual(
      (await Session.findAll({ where: { userId: world.ana.user.id } })).map(({ sid }) => sid),
      [here.sid],
    );
    assert.deepEqual(bobs.ends.all, []);
    bobs.close();
  });

  it('A49: ends the API tokens with them, but for those that one keeps', async () => {
    const { client, user } = here;
    const made = await Promise.all(
      ['kept', 'not kept'].map((name) => createToken(user.id, { name, scopes: ['read'], expiresAt: null })),
    );
    const answers = (): Promise<number[]> =>
      Promise.all(made.map(async ({ token }) => (await new Program(app.url, token).get('/me')).status));
    const text = await list();
    for (const { row } of made) assert.match(text, new RegExp(`name="keepTokens" value="${String(row.id)}"`));
    const foreign = await createToken(world.bob.user.id, { name: 'his', scopes: ['read'], expiresAt: null });
    const keepTokens = [made[0]!.row.id, foreign.row.id].map(String);
    assert.equal((await client.delete('/settings/sessions', { keepTokens })).status, 303);
    assert.deepEqual(await answers(), [200, 401]);
    await client.delete('/settings/sessions');
    assert.deepEqual(await answers(), [401, 401]);
    assert.equal((await new Program(app.url, foreign.token).get('/me')).status, 200);
  });

  it('cannot end another person’s', async () => {
    const [action = ''] = endings(await list());
    for (const path of [action, '/settings/sessions/0', '/settings/sessions/99999999', '/settings/sessions/x'])
      assert.equal((await world.eve.client.delete(path)).status, 404);
    assert.equal(await isSignedIn(there.client), true);
  });

  it('signs out when ending the current one', async () => {
    const [action = ''] = endings(await list(there));
    const { location } = await here.client.delete(action);
    assert.deepEqual([location, here.client.cookieHeader, await isSignedIn(here.client)], ['/login', '', false]);
  });

  it("keeps a session's row when its id is renewed", async () => {
    const [before] = endings(await list());
    await renewSession(there.sid, 'another id');
    assert.deepEqual(endings(await list()), [before]);
  });
});
