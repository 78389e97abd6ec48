/** The same tests for both transports. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { QueryTypes } from 'sequelize';
import { Task } from '../../src/models/index.ts';
import { postgresTransport, redisTransport, type BusTransport } from '../support/bus.ts';
import { Client } from '../support/client.ts';
import { openTestDatabase } from '../support/database.ts';
import { eventually, type Program } from '../support/process.ts';
import { recorder, type Recorder } from '../support/recorder.ts';
import { hasRedis } from '../support/redis.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { startTwoServers, type TwoServers } from '../support/two-servers.ts';
import { worldPassword, type Person, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { disableUser, enableUser } from '../../src/models/user/rights.ts';
import { findTeamList } from '../../src/models/list/queries.ts';

const SECRET = 'a secret for tests only';
/** Time limit in milliseconds for delivering a change and ending access, even if hints are lost. */
const DELIVERY_LIMIT_MS = 2000;
const busNames = hasRedis ? ['PostgreSQL', 'Redis'] : ['PostgreSQL'];

for (const busName of busNames) {
  describe(`two processes on one database, with hints over ${busName}`, () => {
    let two: TwoServers;
    let database: TwoServers['database'];
    let transport: BusTransport;
    let servers: Program[];
    let a: string;
    let b: string;
    let world: World;
    let ana: Person;
    let raw: Recorder<string>;
    let stopListening: () => void;
    const tabs: Tab[] = [];

    before(async () => {
      database = await openTestDatabase();
      transport = busName === 'Redis' ? redisTransport(SECRET) : postgresTransport(() => Promise.resolve(database));
      await transport.start();
      const { redis } = transport.options();
      two = await startTwoServers(database, {
        SESSION_SECRET: SECRET,
        LOG_SQL: 'on',
        ...(redis && { REDIS_URL: redis.url }),
      });
      ({
        servers,
        world,
        urls: [a, b],
      } = two);
      raw = recorder();
    });
    after(async () => {
      await two.close();
      await transport.stop();
    });
    beforeEach(async () => {
      ana = await world.signIn(world.ana);
      [raw, stopListening] = await transport.listen();
    });
    afterEach(() => {
      stopListening();
      for (const tab of tabs.splice(0)) tab.close();
    });

    const at = (url: string, { client }: Pick<Person, 'client'>): { client: Client } => ({
      client: new Client(url, Object.fromEntries(client.cookies)),
    });
    const open = async (url: string, person: Person, options = {}): Promise<Tab> => {
      const tab = await openTab(at(url, person), options);
      tabs.push(tab);
      return tab;
    };
    const hinted = (part: object): Promise<void> =>
      raw.until((all) => all.some((payload) => payload.includes(JSON.stringify(part).slice(1, -1))));
    const write = (url: string, person: Person, description: string) =>
      at(url, person).client.post('/tasks', { description });
    const arrives = (tab: Tab, description: string, ms?: number) =>
      tab.waitFor('new_task', (task) => 'description' in task && task.description === description, ms);
    const ends = (tab: Tab): Promise<void> => tab.ends.until((all) => all.length === 1, DELIVERY_LIMIT_MS);
    const busRestored = (): Promise<true> =>
      eventually(
        async () => (await transport.connections()) === (busName === 'Redis' ? 4 : 2),
        'the buses of both processes',
      );

    it('changes at one arrive in the tabs of both, once and in order', async () => {
      const both = [await open(a, ana), await open(b, ana)];
      const texts = Array.from({ length: 20 }, (_, n) => `Task ${n}`);
      for (const [n, text] of texts.entries()) await write(n % 2 === 0 ? a : b, ana, text);
      for (const tab of both) {
        await arrives(tab, 'Task 19');
        assert.deepEqual(
          tab.all('new_task').map((task) => ('description' in task ? task.description : null)),
          texts,
        );
      }
      await hinted({ name: 'list_changed', listId: ana.list.id });
    });

    it('a list_changed hint makes the other process read at once', async () => {
      await open(b, ana);
      const readCount = (): number => servers[1]!.out().split('AS since').length;
      const before = readCount();
      await transport.publish(
        JSON.stringify({ from: randomUUID(), hints: [{ name: 'list_changed', listId: ana.list.id }] }),
      );
      await eventually(() => readCount() > before, 'the list to be read');
    });

    it('sign-out at one closes the tabs of that session at the other, and no others', async () => {
      const elsewhere = await world.signIn(world.ana);
      const [tab, other] = [await open(b, ana), await open(b, elsewhere)];
      await ana.client.post('/logout');
      assert.deepEqual(await tab.waitFor('session_ended', undefined, DELIVERY_LIMIT_MS), { reason: 'signed_out' });
      await ends(tab);
      await hinted({ name: 'session_ended', sid: ana.sid, reason: 'signed_out' });
      await write(a, elsewhere, 'After the sign-out');
      await arrives(other, 'After the sign-out');
      assert.equal(tab.all('new_task').length, 0);
    });

    it('a password change at one closes all other tabs at the other; its own reconnect with the new session', async () => {
      const eve = await world.signIn(world.eve);
      const elsewhere = await world.signIn(world.eve);
      const [own, other] = [await open(b, eve), await open(b, elsewhere)];
      const changed = await eve.client.patch('/settings/password', {
        currentPassword: worldPassword,
        newPassword: 'another lamp, another window',
      });
      assert.equal(changed.location, '/settings');
      assert.deepEqual(await other.waitFor('session_ended', undefined, DELIVERY_LIMIT_MS), {
        reason: 'password_changed',
      });
      await Promise.all([own, other].map(ends));
      assert.deepEqual(
        { disconnects: own.ends.all, sessionEnded: own.all('session_ended') },
        { disconnects: ['transport close'], sessionEnded: [] },
      );
      await hinted({ name: 'access_ended', userId: eve.user.id, reason: 'password_changed', exceptSid: eve.sid });
      await hinted({ name: 'session_replaced', sid: eve.sid });
      await assert.rejects(
        openTab({ client: new Client(b, Object.fromEntries(elsewhere.client.cookies)) }),
        /websocket error/,
      );
      await open(b, eve);
    });

    it('a hint about ended access is applied and not forwarded', async () => {
      const tab = await open(b, ana);
      await transport.publish(
        JSON.stringify({ from: randomUUID(), hints: [{ name: 'session_ended', sid: ana.sid, reason: 'revoked' }] }),
      );
      assert.deepEqual(await tab.waitFor('session_ended', undefined, DELIVERY_LIMIT_MS), { reason: 'revoked' });
      const again = await open(b, ana);
      await transport.publish(
        JSON.stringify({
          from: randomUUID(),
          hints: [{ name: 'access_ended', userId: ana.user.id, reason: 'disabled', exceptSid: 'another' }],
        }),
      );
      assert.deepEqual(await again.waitFor('session_ended', undefined, DELIVERY_LIMIT_MS), { reason: 'disabled' });
      await write(b, await world.signIn(world.ana), 'What comes after');
      await hinted({ name: 'list_changed', listId: ana.list.id });
      assert.equal(raw.all.filter((payload) => /"(session|access)_ended"/.test(payload)).length, 2);
    });

    it('an account disabled without a bus, as on the command line, loses its tabs at both', async () => {
      const bob = await world.signIn(world.bob);
      const both = [await open(a, bob), await open(b, bob)];
      const { user } = bob;
      await disableUser(user, 'for a test', null);
      for (const tab of both) {
        assert.deepEqual(await tab.waitFor('session_ended', undefined, DELIVERY_LIMIT_MS), { reason: 'disabled' });
        await ends(tab);
      }
      await enableUser(user);
    });

    it('with a silent bus, so that all hints are lost, changes arrive and access ends anyway', async () => {
      const elsewhere = await world.signIn(world.ana);
      const [lasting, tab] = [await open(b, elsewhere), await open(b, ana)];
      const release = await transport.suspend();
      try {
        await write(a, ana, 'Without a hint');
        await arrives(lasting, 'Without a hint', DELIVERY_LIMIT_MS);
        await ana.client.post('/logout');
        assert.deepEqual(await tab.waitFor('session_ended', undefined, DELIVERY_LIMIT_MS), { reason: 'signed_out' });
        await ends(tab);
      } finally {
        release();
      }
      assert.deepEqual(lasting.ends.all, []);
      await busRestored();
    });

    it('with the bus just disconnected, a sign-out closes the tabs at the other and a change arrives', async () => {
      const elsewhere = await world.signIn(world.ana);
      const [lasting, tab] = [await open(b, elsewhere), await open(b, ana)];
      await transport.dropConnections();
      await ana.client.post('/logout');
      await ends(tab);
      await write(a, elsewhere, 'Without a connection');
      await arrives(lasting, 'Without a connection', DELIVERY_LIMIT_MS);
      await transport.bringUp();
      await busRestored();
    });

    it('a change by plain SQL, which is not announced, arrives at both', async () => {
      const both = [await open(a, ana), await open(b, ana)];
      await database.sequelize.query("INSERT INTO tasks (list_id, user_id, description) VALUES ($1, $2, 'By hand')", {
        bind: [ana.list.id, ana.user.id],
      });
      for (const tab of both) await arrives(tab, 'By hand', DELIVERY_LIMIT_MS);
    });

    it('people are counted over both, and closing the last tab leaves no rows', async () => {
      const presence = (): Promise<object[]> =>
        database.sequelize.query('SELECT DISTINCT user_id, list_id FROM presence', { type: QueryTypes.SELECT });
      const bob = await world.signIn(world.bob);
      const team = await createTeam(ana.viewer, `Presence over ${busName}`);
      await addMember(team, ana.user.id, bob.user.id);
      const atA = await open(a, ana);
      await atA.waitFor('count_updated', ({ count }) => count === 1);
      const atB = await open(b, bob);
      for (const tab of [atA, atB]) await tab.waitFor('count_updated', ({ count }) => count === 2);
      const list = await findTeamList(team.id);
      assert.equal((await presence()).length, 4);
      await Task.create({ listId: list.id, userId: ana.user.id, description: 'For the team' });
      for (const tab of [atA, atB]) await arrives(tab, 'For the team');

      atB.close();
      await atA.received.until(() => atA.all('count_updated').at(-1)?.count === 1);
      atA.close();
      await eventually(async () => (await presence()).length === 0, 'an empty table');
    });

    it('a process that stops removes its presence and connections, and the other continues', async () => {
      const [there, here] = [await open(a, ana), await open(b, ana)];
      await there.waitFor('count_updated');
      await here.waitFor('count_updated');
      assert.deepEqual(await servers[0]!.kill(), { code: 0, signal: null });
      assert.equal((await there.waitFor('server_restarting')).withinMs, 1000);
      await eventually(
        async () => (await transport.connections()) === (busName === 'Redis' ? 2 : 1),
        'the bus of one process',
      );
      const [{ processes }] = (await database.sequelize.query<{ processes: number }>(
        'SELECT count(DISTINCT process_id)::integer AS processes FROM presence',
        { type: QueryTypes.SELECT },
      )) as [{ processes: number }];
      assert.equal(processes, 1);
      await write(b, ana, 'Alone');
      await arrives(here, 'Alone');
    });
  });
}
