import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Mail, User } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { linkTo } from '../../support/mails.ts';
import { createWorld, type World } from '../../support/world.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  await User.update({ admin: true }, { where: { id: world.ana.user.id } });
});
after(() => app.close());

describe('the mails page of administrators', () => {
  it('shows links to pass on without SMTP, with recipient, subject and expiry', async () => {
    await world.anon.post('/password-resets', { email: 'bob@example.com' });
    await world.anon.post('/password-resets', { email: 'nobody@example.com' });
    const { text } = await world.ana.client.get('/admin/mails');
    assert.ok(text.includes(`${app.url}${await linkTo('bob@example.com')}`));
    assert.match(text, /bob@example\.com[^]*Reset your Taskwire password[^]*Expires /);
    assert.ok(!text.includes('nobody@example.com'), 'nor who has no account');
  });

  it("shows the mail server's error, and no links, with SMTP", async () => {
    const strict = app.settings;
    strict.smtpUrl = 'smtp://127.0.0.1:1';
    try {
      await Mail.update(
        { attempts: 2, lastError: '451 come <b>back</b> later' },
        { where: { recipient: 'bob@example.com' } },
      );
      await Mail.create({
        recipient: 'cleo@example.com',
        subject: 'x',
        text: null,
        link: null,
        expiresAt: new Date(),
        lastError: '550 no such user',
      });
      const { text } = await world.ana.client.get('/admin/mails');
      assert.ok(!text.includes('/password-resets/'));
      assert.match(text, /2 attempts\. The mail server said: 451 come &lt;b&gt;back/);
      assert.match(text, /Not sent: 550 no such user/);
    } finally {
      strict.smtpUrl = null;
    }
  });

  it('is a 404 for everybody else', async () => {
    assert.equal((await world.bob.client.get('/admin/mails')).status, 404);
    assert.equal((await world.anon.get('/admin/mails')).status, 303);
  });
});
