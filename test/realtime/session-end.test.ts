import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { announce } from '../../src/events/index.ts';
import { cookieName } from '../../src/middleware/session.ts';
import { Task } from '../../src/models/index.ts';
import type { SessionEnd } from '../../src/shared/events.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { createWorld, signedCookie, worldPassword, type Person, type World } from '../support/world.ts';
import { changePassword } from '../../src/models/user/password.ts';
import { disableUser, enableUser } from '../../src/models/user/rights.ts';

describe('ended access closes its tabs', () => {
  let app: TestApp;
  let world: World;
  let ana: Person;
  let elsewhere: Person;
  let tabs: Tab[] = [];
  before(async () => {
    app = await startApp();
    world = await createWorld(app);
  });
  after(() => app.close());
  beforeEach(async () => {
    ana = await world.signIn(world.ana);
    elsewhere = await world.signIn(world.ana);
  });
  afterEach(() => {
    for (const tab of tabs) tab.close();
    tabs = [];
  });

  const open = async (person: Person, options = {}): Promise<Tab> => {
    const tab = await openTab(person, options);
    tabs.push(tab);
    return tab;
  };
  const ended = async (tab: Tab, reason: SessionEnd): Promise<void> => {
    assert.deepEqual(await tab.waitFor('session_ended', undefined, 2000), { reason });
    await tab.ends.until((all) => all.length === 1);
    assert.deepEqual(tab.ends.all, ['io server disconnect']);
  };
  /** A change that everybody's tabs would hear, after which the open tabs have heard it and the closed ones not. */
  const onlyHeardBy = async (open: Tab[], closed: Tab[]): Promise<void> => {
    const task = await Task.create({ listId: ana.list.id, userId: ana.user.id, description: 'Who hears this?' });
    for (const tab of open) await tab.waitFor('new_task', ({ id }) => id === task.id);
    for (const tab of closed)
      assert.equal(
        tab.all('new_task').some(({ id }) => id === task.id),
        false,
      );
  };
  const wait = (tab: Tab): Promise<void> => tab.ends.until((all) => all.length === 1, 2000);

  it('sign-out: every tab of the session, and no other', async () => {
    const [one, two, other, stranger] = [
      await open(ana),
      await open(ana),
      await open(elsewhere),
      await open(world.bob),
    ];
    const cookie = ana.client.cookieHeader;
    await ana.client.post('/logout');
    for (const tab of [one, two]) await ended(tab, 'signed_out');
    await onlyHeardBy([other], [one, two, stranger]);
    await assert.rejects(open(ana), /unauthorized/, 'without a cookie');
    await assert.rejects(openTab(ana, { cookie }), /websocket error/, 'with the old one');
    for (const tab of [other, stranger]) assert.deepEqual(tab.ends.all, []);
  });

  it('password change: every tab except those of the session that made it', async () => {
    const [one, other, stranger] = [await open(ana), await open(elsewhere), await open(world.bob)];
    await changePassword(world.ana.user, worldPassword, 'another lamp, another window', { keepSid: ana.sid });
    await ended(other, 'password_changed');
    await onlyHeardBy([one], [other, stranger]);
    assert.deepEqual([one.ends.all, stranger.ends.all], [[], []]);
  });

  it('disabled account: every tab of every session', async () => {
    const all = [await open(ana), await open(ana), await open(elsewhere)];
    const { user } = world.ana;
    await disableUser(user, 'for a test', null);
    for (const tab of all) await ended(tab, 'disabled');
    await assert.rejects(open(ana), /websocket error/);
    await enableUser(user);
    await onlyHeardBy([await open(await world.signIn(ana))], all);
  });

  it('a session that ended without an announcement: within two seconds', async () => {
    const [one, other] = [await open(ana), await open(elsewhere)];
    await app.sequelize.query('UPDATE sessions SET expire = now() WHERE sid = $1', { bind: [ana.sid] });
    await ended(one, 'expired');
    assert.deepEqual(other.ends.all, []);
    await app.sequelize.query('DELETE FROM sessions WHERE sid = $1', { bind: [elsewhere.sid] });
    await ended(other, 'signed_out');
  });

  it('an account disabled without an announcement: within two seconds', async () => {
    const tab = await open(ana);
    await app.sequelize.query('UPDATE users SET disabled = true WHERE id = $1', { bind: [ana.user.id] });
    await ended(tab, 'disabled');
    await app.sequelize.query('UPDATE users SET disabled = false WHERE id = $1', { bind: [ana.user.id] });
  });

  it('a session that ends while its tab is joining', async () => {
    for (let round = 0; round < 10; round += 1) {
      const person = await world.signIn(world.ana);
      const opening = openTab(person);
      await app.sequelize.query('DELETE FROM sessions WHERE user_id = $1', { bind: [person.user.id] });
      const tab = await opening.catch(() => null);
      if (tab) await wait(tab);
    }
  });

  it('a replaced session: its tabs are disconnected and reconnect by themselves', async () => {
    const [tab, other] = [await open(ana, { reconnection: true }), await open(elsewhere)];
    announce('session_replaced', { sid: ana.sid });
    await wait(tab);
    if (!tab.socket.connected)
      await new Promise<void>((resolve) => {
        tab.socket.once('connect', resolve);
      });
    await tab.catchUp({});
    assert.deepEqual(tab.ends.all, ['transport close']);
    assert.deepEqual(tab.all('session_ended'), []);
    await onlyHeardBy([tab, other], []);
  });

  /** As Session.renew does, but with nobody told. */
  const replace = async ({ sid }: Person): Promise<string> => {
    const renewed = randomUUID();
    await app.sequelize.query('UPDATE sessions SET sid = $2, previous_sid = sid WHERE sid = $1', {
      bind: [sid, renewed],
    });
    return renewed;
  };

  it('a session replaced without an announcement: its tabs reconnect with the new cookie, not with the old', async () => {
    const [tab, other] = [await open(ana), await open(elsewhere)];
    const sid = await replace(ana);
    await wait(tab);
    assert.deepEqual([tab.ends.all, tab.all('session_ended')], [['transport close'], []]);
    await assert.rejects(open(ana), /websocket error/);
    assert.match((await ana.client.get('/')).location ?? '', /^\/login/);
    ana.client.cookies.set(cookieName(app.settings), signedCookie(sid, app.settings));
    await onlyHeardBy([await open(ana), other], [tab]);
  });

  it('a session replaced and then ended without an announcement: like any ended session', async () => {
    const [one, other] = [await open(ana), await open(elsewhere)];
    const sid = await replace(ana);
    await app.sequelize.query('UPDATE sessions SET expire = now() WHERE sid = $1', { bind: [sid] });
    await ended(one, 'expired');
    await app.sequelize.query('DELETE FROM sessions WHERE sid = $1', { bind: [await replace(elsewhere)] });
    await wait(other);
  });

  it('a session that is replaced while its tab is joining', async () => {
    for (let round = 0; round < 10; round += 1) {
      const person = await world.signIn(world.ana);
      const opening = openTab(person);
      await replace(person);
      const tab = await opening.catch(() => null);
      if (!tab) continue;
      await wait(tab);
      assert.deepEqual([tab.ends.all, tab.all('session_ended')], [['transport close'], []]);
    }
  });
});
