import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Session, User } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client } from '../../support/client.ts';
import { openTab } from '../../support/socket.ts';
import { createWorld, worldPassword, type Person, type World } from '../../support/world.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

const signIn = (client: Client, form: Record<string, string>) => client.post('/login', form);
const errorsOf = (text: string): string[] =>
  [...text.matchAll(/<small class="wrong" id="(\w+)-error">/g)].map(([, field]) => field ?? '');
const isSignedIn = async (client: Client): Promise<boolean> => (await client.get('/settings')).status === 200;

describe('the settings', () => {
  let bob: Person;
  beforeEach(async () => {
    bob = await world.signIn(world.bob);
  });

  it('change the language of all pages', async () => {
    for (const locale of ['ar', 'en']) {
      assert.deepEqual(
        await bob.client.patch('/settings/language', { locale }).then(({ status, location }) => [status, location]),
        [303, '/settings'],
      );
      const { text } = await bob.client.get('/settings');
      assert.match(text, new RegExp(`<html lang="${locale}"`));
      assert.match(text, /data-flash/);
      assert.doesNotMatch((await bob.client.get('/settings')).text, /data-flash/, 'a message comes once');
    }
  });

  it('reject an unknown language', async () => {
    for (const locale of ['xx', '', '__proto__']) {
      const { status, text } = await bob.client.patch('/settings/language', { locale });
      assert.deepEqual([status, errorsOf(text)], [422, ['locale']]);
    }
    assert.equal((await User.findByPk(bob.user.id))?.locale, 'en');
  });

  it('change the password, with a new session id here and all other sessions ended', async () => {
    const elsewhere = await world.signIn(world.bob);
    const planted = new Client(app.url, Object.fromEntries(bob.client.cookies));
    const { status, location } = await bob.client.patch('/settings/password', {
      currentPassword: worldPassword,
      newPassword: 'nine grey umbrellas',
    });
    assert.deepEqual([status, location], [303, '/settings']);
    const page = await bob.client.get('/settings');
    assert.match(page.text, /Password changed/);
    assert.equal(await isSignedIn(elsewhere.client), false);
    assert.equal(await isSignedIn(planted), false, 'the id from before is worth nothing');
    assert.equal(await Session.count({ where: { userId: bob.user.id } }), 1);
    assert.equal(
      (await signIn(new Client(app.url), { email: 'bob@example.com', password: worldPassword })).status,
      422,
    );
    assert.equal(
      (await signIn(new Client(app.url), { email: 'bob@example.com', password: 'nine grey umbrellas' })).status,
      303,
    );
    await User.update({ passwordDigest: world.ana.user.passwordDigest }, { where: { id: bob.user.id } });
  });

  it('A3: notify tabs of other sessions that the password has changed, while tabs of this one reconnect', async () => {
    const eve = await world.signIn(world.eve);
    const [here, there, bobs] = [await openTab(eve), await openTab(world.eve), await openTab(bob)];
    assert.equal(
      (
        await eve.client.patch('/settings/password', {
          currentPassword: worldPassword,
          newPassword: 'nine grey umbrellas',
        })
      ).status,
      303,
    );
    assert.deepEqual(await there.waitFor('session_ended'), { reason: 'password_changed' });
    await here.ends.until((ends) => ends.length > 0);
    assert.deepEqual(here.all('session_ended'), []);
    const back = await openTab(eve);
    assert.deepEqual(bobs.ends.all, []);
    for (const tab of [back, bobs]) tab.close();
  });

  it('show an error beside each field of the password form', async () => {
    const digest = (await User.findByPk(bob.user.id))?.passwordDigest;
    const refusals: [Record<string, string>, string[]][] = [
      [{ currentPassword: 'not it', newPassword: 'nine grey umbrellas' }, ['currentPassword']],
      [{ currentPassword: '', newPassword: '' }, ['currentPassword', 'newPassword']],
      [{ currentPassword: worldPassword, newPassword: 'short' }, ['newPassword']],
      [{ currentPassword: worldPassword, newPassword: 'qwertyuiop' }, ['newPassword']],
      [{}, ['currentPassword', 'newPassword']],
    ];
    for (const [form, fields] of refusals) {
      const { status, text } = await bob.client.patch('/settings/password', form);
      assert.deepEqual([status, errorsOf(text)], [422, fields], JSON.stringify(form));
      assert.match(text, /aria-invalid="true"/);
    }
    assert.equal((await User.findByPk(bob.user.id))?.passwordDigest, digest);
    assert.ok(await isSignedIn(bob.client));
  });

  it("are nobody else's", async () => {
    const { status, location } = await world.anon.get('/settings');
    assert.deepEqual([status, location], [303, '/login?next=%2Fsettings']);
    for (const path of ['/settings/language', '/settings/password'])
      assert.equal((await world.anon.patch(path, { locale: 'es' })).status, 401);
  });
});
