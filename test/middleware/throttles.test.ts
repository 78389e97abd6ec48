import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setBcryptCost } from '../../src/lib/password.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Client, type Answer } from '../support/client.ts';
import { recorder } from '../support/recorder.ts';
import { createWorld, worldPassword, type World } from '../support/world.ts';
import { findByEmail } from '../../src/models/user/queries.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp({ trustProxy: 1 });
  world = await createWorld(app);
});
after(() => app.close());
beforeEach(() => app.sequelize.query('DELETE FROM throttles'));

/** Through a proxy, which adds the address at the right of what the browser says. */
const signIn = (email: string, password: string, from = '192.0.2.7', said = ''): Promise<Answer> =>
  new Client(app.url).post('/login', { email, password }, { 'x-forwarded-for': said ? `${said}, ${from}` : from });
const timePasses = (): Promise<unknown> =>
  app.sequelize.query('UPDATE throttles SET expire = expire - 15 * 60 * 1000 - 1');
/** Lets the next of those who wait through. */
const nextTurn = (): Promise<unknown> => app.sequelize.query("UPDATE throttles SET expire = 0 WHERE key LIKE 'turn:%'");
/** What many attempts before would have left behind: each takes a quarter of a second. */
const attemptsSoFar = (rule: string, points: number): Promise<unknown> =>
  app.sequelize.query('UPDATE throttles SET points = $2 WHERE key LIKE $1', { bind: [`${rule}:%`, points] });

describe('guessing passwords', () => {
  it('A28, A29: is blocked after ten attempts on one account, whatever X-Forwarded-For says', async () => {
    for (let n = 0; n < 10; n += 1)
      assert.equal(
        (await signIn('ana@example.com', `guess ${String(n)}`, '192.0.2.7', `1.2.3.${String(n)}`)).status,
        422,
      );
    const refused = await signIn('ANA@example.com', 'guess 11', '192.0.2.7', '5.6.7.8');
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 880 && Number(refused.headers.get('retry-after')) <= 900);
    assert.match(refused.text, /Too many attempts\. Try again in 15 minutes\./);
    assert.match(refused.text, /value="ANA@example\.com"/);
    assert.doesNotMatch(refused.text, /guess 11/);
    assert.equal((await signIn('ana@example.com', worldPassword)).status, 429, 'also for the right one');

    assert.equal(
      (await signIn('ana@example.com', worldPassword, '192.0.2.8')).status,
      303,
      'but not where its person is',
    );
    assert.equal((await signIn('bob@example.com', worldPassword)).status, 303, 'nor for anybody else');
    await timePasses();
    assert.equal((await signIn('ana@example.com', worldPassword)).status, 303, 'nor for good');
  });

  const floods = [
    {
      name: 'one account from many networks',
      rule: 'everywhere',
      attempts: 100,
      attacker: (n: number) => signIn('ana@example.com', 'a guess', `198.51.100.${String(n)}`),
      unrelated: () => signIn('bob@example.com', worldPassword, '198.51.100.1'),
    },
    {
      name: 'many accounts from one network',
      rule: 'address',
      attempts: 50,
      attacker: (n: number) => signIn(`nobody${String(n)}@example.com`, 'a guess', `2001:db8:1:2::${String(n)}`),
      unrelated: () => signIn('bob@example.com', worldPassword, '2001:db8:1:3::1'),
    },
  ];
  for (const { name, rule, attempts, attacker, unrelated } of floods)
    it(`A29, A51: is slowed down for ${name}: one at a time, few in line, the others asked to come back soon`, async () => {
      await attacker(0);
      await attemptsSoFar(rule, attempts);
      const answers = recorder<Answer>();
      const tried = (): Answer[] => answers.all.filter(({ status }) => status === 422);
      const all = Promise.all(
        Array.from({ length: 12 }, async (_, n) => {
          answers.add(await attacker(n + 1));
        }),
      );
      await answers.until(() => answers.all.length === 10);
      assert.equal(tried().length, 1, 'one is let through, two wait');
      for (const { headers, status } of answers.all.filter((answer) => !tried().includes(answer))) {
        assert.equal(status, 429);
        assert.ok(Number(headers.get('retry-after')) <= 15, 'not for long');
      }
      assert.equal((await unrelated()).status, 303);
      for (const turn of [2, 3]) {
        await nextTurn();
        await answers.until(() => tried().length === turn);
      }
      await all;
    });

  it('A51: keeps no owner out of a network that they have signed in from, whoever guesses where', async () => {
    const [home, office] = ['203.0.113.7', '2001:db8:5:6::7'];
    for (const network of [home, office])
      assert.equal((await signIn('bob@example.com', worldPassword, network)).status, 303);
    await app.sequelize.query('DELETE FROM throttles');

    // Ten wrong tries from each of ten networks, which the account has never signed in from.
    const networks = Array.from({ length: 10 }, (_, n) => `198.51.100.${String(n)}`);
    for (const network of networks)
      await Promise.all(Array.from({ length: 10 }, () => signIn('bob@example.com', 'a guess', network)));
    const [again] = await Promise.all([
      signIn('bob@example.com', worldPassword, home),
      ...networks.map((network) => signIn('bob@example.com', 'a guess', network)),
    ]);
    assert.equal(again.status, 303, 'at home');
    await nextTurn();
    assert.equal((await signIn('bob@example.com', worldPassword, '192.0.2.200')).status, 303, 'elsewhere, in turn');

    // A colleague's fifty for other people, from another address of the same network.
    const others = Array.from({ length: 55 }, (_, n) => `colleague${String(n)}@example.com`);
    await Promise.all(others.slice(0, 50).map((email) => signIn(email, 'a guess', '2001:db8:5:6:ffff::1')));
    const waiting = others.slice(50, 52).map((email) => signIn(email, 'a guess', '2001:db8:5:6:ffff::1'));
    assert.equal((await signIn('bob@example.com', worldPassword, office)).status, 303, 'at the office');
    await nextTurn();
    await Promise.all(waiting);

    // Where they have signed in, guesses have a count of their own all the same.
    for (let n = 0; n < 10; n += 1) await signIn('bob@example.com', 'a guess', home);
    assert.equal((await signIn('bob@example.com', 'a guess', home)).status, 429);
    assert.equal((await signIn('bob@example.com', worldPassword, office)).status, 303);
  });

  it('A51: knows where an account has signed in from by the API too, and by no failure', async () => {
    const login = (password: string, from: string): Promise<Answer> =>
      new Client(app.url).json(
        'POST',
        '/api/v1/login',
        { email: 'eve@example.com', password },
        { 'x-forwarded-for': from, cookie: null },
      );
    assert.equal((await login(worldPassword, '203.0.113.50')).status, 201);
    assert.equal((await login('a guess', '203.0.113.51')).status, 401);
    await attemptsSoFar('everywhere', 100);
    const strangers = recorder<Answer>();
    const all = Promise.all(
      Array.from({ length: 5 }, async () => {
        strangers.add(await login('a guess', '203.0.113.51'));
      }),
    );
    assert.equal((await login(worldPassword, '203.0.113.50')).status, 201);
    await strangers.until(() => strangers.all.filter(({ status }) => status === 429).length === 2);
    for (let turn = 2; turn <= 3; turn += 1) {
      await nextTurn();
      await strangers.until(() => strangers.all.length === 2 + turn);
    }
    await all;
  });

  it('does not block occasional typos', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 4; n += 1) await signIn('bob@example.com', 'mistyped');
      assert.equal((await signIn('bob@example.com', worldPassword)).status, 303);
    }
  });

  it('A29: is counted before the result is known, so concurrent attempts do not get around it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => signIn('eve@example.com', `guess ${String(n)}`)),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [
      ...Array<number>(10).fill(422),
      ...Array<number>(20).fill(429),
    ]);
  });

  it('is blocked on the change-password form too', async () => {
    const change = (): Promise<Answer> =>
      world.bob.client.patch('/settings/password', { currentPassword: 'a guess', newPassword: 'nine grey umbrellas' });
    assert.equal((await change()).status, 422);
    await attemptsSoFar('password', 10);
    const { status, text } = await change();
    assert.equal(status, 429);
    assert.match(text, /Too many attempts/);
  });

  it('A29: is blocked when the counts cannot be read', async () => {
    await app.sequelize.query('ALTER TABLE throttles RENAME TO throttles_away');
    try {
      assert.ok((await signIn('ana@example.com', worldPassword)).status >= 500);
    } finally {
      await app.sequelize.query('ALTER TABLE throttles_away RENAME TO throttles');
    }
  });

  it('stores no email address', async () => {
    await signIn('ana@example.com', 'a guess');
    const [rows] = await app.sequelize.query('SELECT key FROM throttles');
    assert.equal(rows.length, 3);
    assert.ok(!JSON.stringify(rows).includes('ana'));
  });
});

describe('a flood of sign-ins', () => {
  const OTHERS = 30;

  // Hashing has to cost what it costs in production, or there is nothing to wait for.
  before(() => {
    setBcryptCost(12);
  });
  after(() => {
    setBcryptCost(app.settings.bcryptCost);
  });

  it('A32: with huge passwords is rejected at once, and others are served meanwhile', async () => {
    // Encoded once: the one who floods sits in this very process, and its own work is not what is measured.
    const body = new TextEncoder().encode(`email=flood%40example.com&password=${'x'.repeat(1_000_000)}`);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const flood = Promise.all(
      Array.from({ length: 100 }, () => fetch(`${app.url}/login`, { method: 'POST', body, headers })),
    );
    const served = await servedBefore(flood);
    assert.deepEqual([...new Set((await flood).map(({ status }) => status))], [413]);
    assert.ok(served > 0, 'nobody else was served');
  });

  it('A32: with passwords of any length is queued, or answered with Retry-After', async () => {
    const flood = Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        signIn(`flood${String(n)}@example.com`, 'a guess', `198.51.100.${String(n)}`),
      ),
    );
    const served = await servedBefore(flood);
    const statuses = (await flood).map(({ status }) => status);
    assert.equal(served, OTHERS, 'others wait for the passwords of the flood');
    assert.ok(
      statuses.every((status) => status === 422 || status === 429) && statuses.includes(422) && statuses.includes(429),
    );
  });

  /** How many requests of others, one after the other, are answered before the flood is over. */
  async function servedBefore(flood: Promise<unknown>): Promise<number> {
    let over = false;
    let served = 0;
    void flood.finally(() => {
      over = true;
    });
    for (let n = 0; n < OTHERS; n += 1) {
      assert.equal((await fetch(`${app.url}/healthz`)).status, 200);
      if (!over) served += 1;
    }
    return served;
  }
});

describe('a flood of registrations', () => {
  it('is blocked after thirty per hour from one address, valid or not', async () => {
    const register = (email: string, from = '192.0.2.7'): Promise<Answer> =>
      new Client(app.url).post(
        '/register',
        { name: 'Cleo', email, password: 'a kettle on the roof' },
        { 'x-forwarded-for': from },
      );
    assert.equal((await register('ana@example.com')).status, 422);
    await attemptsSoFar('registration', 30);
    const { status, text } = await register('cleo@example.com');
    assert.equal(status, 429);
    assert.match(text, /value="cleo@example\.com"/);
    assert.equal(await findByEmail('cleo@example.com'), null);
    assert.equal((await register('cleo@example.com', '192.0.2.8')).status, 303);
  });
});
