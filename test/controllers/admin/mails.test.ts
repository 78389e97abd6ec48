import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AuditEntry, Mail, User } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { lastMailTo, linkTo } from '../../support/mails.ts';
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
    const link = await linkTo('bob@example.com');
    assert.ok(!text.includes(link), 'only on request');
    const { id } = await lastMailTo('bob@example.com');
    const shown = await world.ana.client.post(`/admin/mails/${String(id)}/link`);
    assert.deepEqual([shown.status, shown.location], [303, '/admin/mails']);
    assert.ok((await world.ana.client.get('/admin/mails')).text.includes(`${app.url}${link}`));
    assert.match(text, /bob@example\.com[^]*Reset your Taskwire password[^]*Expires /);
    assert.ok(!text.includes('nobody@example.com'), 'nor who has no account');
  });

  it('records in the audit log who has shown which link, and whose account it is', async () => {
    const entries = await AuditEntry.findAll({ where: { action: 'mail_link_shown' } });
    assert.deepEqual(
      entries.map(({ actorId, userId, details }) => ({ actorId, userId, details })),
      [
        {
          actorId: world.ana.user.id,
          userId: world.bob.user.id,
          details: { email: 'bob@example.com', subject: 'Reset your Taskwire password' },
        },
      ],
    );
    const { text } = await world.ana.client.get('/admin/audit', { action: 'mail_link_shown' });
    assert.match(text, /Mail link shown[^]*affecting[^]*bob@example\.com[^]*Reset your Taskwire password/);
  });

  it('shows no link that has expired or been used, and none to others', async () => {
    const { id } = await lastMailTo('bob@example.com');
    const path = `/admin/mails/${String(id)}/link`;
    assert.equal((await world.bob.client.post(path)).status, 404);
    await Mail.update({ expiresAt: new Date() }, { where: { id } });
    assert.equal((await world.ana.client.post(path)).status, 404);
    await Mail.update({ expiresAt: new Date(Date.now() + 600_000) }, { where: { id } });
    assert.equal(await AuditEntry.count({ where: { action: 'mail_link_shown' } }), 1);
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
      assert.ok(!text.includes('/password-resets/') && !text.includes('Show link'));
      const { id } = await lastMailTo('bob@example.com');
      assert.equal((await world.ana.client.post(`/admin/mails/${String(id)}/link`)).status, 404);
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
