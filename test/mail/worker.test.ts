import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { startJobs, type Jobs } from '../../src/jobs/index.ts';
import { mailJobs, type MailSettings } from '../../src/mail/worker.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { Mail } from '../../src/models/index.ts';
import { unitOfWork } from '../../src/database/transaction.ts';
import { openTestDatabase } from '../support/database.ts';
import { eventually } from '../support/process.ts';
import { startMailServer, type MailServer } from '../support/smtp.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let server: MailServer;
let workers: Jobs[] = [];
let lines = '';
const log = createLogger(
  'info',
  new Writable({
    write: (line: Buffer, _encoding, done) => {
      lines += line.toString();
      done();
    },
  }),
);

before(async () => {
  database = await openTestDatabase();
  server = await startMailServer();
});
after(async () => {
  await server.close();
  await database.close();
});
beforeEach(async () => {
  await database.sequelize.query('DELETE FROM mails');
  server.mails.all.length = 0;
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  workers = [];
});

const work = (settings: Partial<MailSettings> = {}): void => {
  const jobs = mailJobs(
    {
      smtpUrl: server.url,
      mailFrom: 'Taskwire <tasks@example.com>',
      linkBase: 'https://tasks.example.com',
      development: false,
      ...settings,
    },
    log,
  );
  workers.push(
    startJobs(
      log,
      jobs.map((job) => ({ ...job, firstMs: 1, everyMs: 5 })),
    ),
  );
};
const soon = (): Date => new Date(Date.now() + 600_000);
const queue = (to = 'ana@example.com', more: { link?: string; expiresAt?: Date; text?: string } = {}): Promise<void> =>
  Mail.queue({ to, subject: 'Three lamps, 三盏灯', text: 'Hello', expiresAt: soon(), ...more });
const only = (): Promise<Mail> => Mail.findOne({ rejectOnEmpty: true });
const settled = (): Promise<unknown> => eventually(async () => (await only()).text === null, 'the mail to be over');
const noted = (condition: (mail: Mail) => boolean): Promise<unknown> =>
  eventually(async () => {
    const mail = await only();
    return condition(mail) && mail.claimedUntil === null;
  }, 'the attempt to be noted');
/** The next attempt is due; nothing else about it changes. */
const timeComes = (): Promise<unknown> => database.sequelize.query('UPDATE mails SET next_attempt_at = now()');

describe('a mail', () => {
  it('A27: is sent with its link under the public address, and its text is kept no longer', async () => {
    await queue('ana@example.com', { link: '/password-resets/abc' });
    work();
    await settled();
    const [mail] = server.mails.all;
    assert.equal(server.mails.all.length, 1);
    assert.deepEqual(
      [mail?.from, mail?.to, mail?.headers.subject, mail?.headers.from],
      ['tasks@example.com', 'ana@example.com', 'Three lamps, 三盏灯', 'Taskwire <tasks@example.com>'],
    );
    assert.equal(mail?.text.replaceAll('\r\n', '\n').trim(), 'Hello\n\nhttps://tasks.example.com/password-resets/abc');
    const row = await only();
    assert.deepEqual([row.text, row.link, row.lastError, row.attempts], [null, null, null, 1]);
    assert.ok(row.sentAt);
  });

  it('is sent once, however many processes send', async () => {
    const recipients = Array.from({ length: 40 }, (_, n) => `person${String(n)}@example.com`);
    await Promise.all(recipients.map((to) => queue(to)));
    for (let n = 0; n < 3; n += 1) work();
    await eventually(
      async () => (await Mail.count({ where: { text: null } })) === recipients.length,
      'all mails to be sent',
    );
    assert.deepEqual(server.mails.all.map(({ to }) => to).sort(), [...recipients].sort());
  });

  it('is stored with what it tells, or not at all', async () => {
    await assert.rejects(
      unitOfWork(null, async () => {
        await queue();
        throw new Error('no');
      }),
    );
    assert.equal(await Mail.count(), 0);
  });

  it('is kept while the mail server is down, tried again after a while, and sent when it is back', async () => {
    await server.close();
    await queue();
    work();
    await noted((mail) => mail.attempts === 1);
    const first = await only();
    const delay = first.nextAttemptAt.getTime() - first.updatedAt.getTime();
    assert.ok(delay >= 3_700 && delay <= 6_300, `${String(delay)} ms`);
    assert.match(first.lastError!, /ECONNREFUSED/);
    await timeComes();
    await noted((mail) => mail.attempts === 2);
    const second = await only();
    const longer = second.nextAttemptAt.getTime() - second.updatedAt.getTime();
    assert.ok(longer >= 11_000 && longer <= 19_000, `${String(longer)} ms`);

    await server.open();
    await timeComes();
    await settled();
    assert.equal(server.mails.all.length, 1);
    assert.equal((await only()).lastError, null);
  });

  it('that is not taken now is tried again, others meanwhile', async () => {
    server.answer('later@example.com', 451);
    await queue('later@example.com');
    work();
    await noted((mail) => mail.attempts === 1);
    assert.match((await only()).lastError!, /^451 /);
    await queue('bob@example.com');
    await server.mails.until((all) => all.some(({ to }) => to === 'bob@example.com'));
    server.answer('later@example.com', null);
    await timeComes();
    await server.mails.until((all) => all.some(({ to }) => to === 'later@example.com'));
    await eventually(async () => (await Mail.count({ where: { text: null } })) === 2, 'both to be noted');
    assert.equal(server.mails.all.length, 2);
  });

  it('that is refused for good is given up, with what the server said', async () => {
    server.answer('nobody@example.com', 550);
    await queue('nobody@example.com');
    work();
    await settled();
    const mail = await only();
    assert.match(mail.lastError!, /^550 /);
    assert.deepEqual([mail.sentAt, mail.attempts, server.mails.all], [null, 1, []]);
  });

  it('is kept with its link where the server refuses our own address, and sent once that is mended', async () => {
    server.answer('tasks@example.com', 550);
    await queue('ana@example.com', { link: '/password-resets/abc' });
    work();
    await noted((mail) => mail.attempts === 1);
    const { link, lastError } = await only();
    assert.equal(link, '/password-resets/abc');
    assert.match(lastError!, /^550 /);
    server.answer('tasks@example.com', null);
    await timeComes();
    await settled();
    assert.match(server.mails.all[0]!.text, /password-resets\/abc/);
  });

  it('whose sender was killed is sent by another when the lease is over, under the same Message-ID', async () => {
    await queue();
    await Mail.claim();
    assert.equal(await Mail.claim(), null, 'nobody else has it meanwhile');
    await database.sequelize.query("UPDATE mails SET claimed_until = now() - interval '1 second'");
    work();
    await settled();
    const { id, createdAt } = await only();
    assert.equal(
      server.mails.all[0]?.headers['message-id'],
      `<taskwire.${String(id)}.${String(createdAt.getTime())}@example.com>`,
    );
  });

  it('that is over is not sent, and loses its text', async () => {
    await queue('ana@example.com', { expiresAt: new Date(Date.now() - 1), link: '/password-resets/abc' });
    work();
    await settled();
    assert.deepEqual([(await only()).link, (await only()).sentAt, server.mails.all], [null, null, []]);
  });

  it('keeps nobody waiting who has let the lease run out', async () => {
    await queue();
    const slow = await Mail.claim();
    await database.sequelize.query("UPDATE mails SET claimed_until = now() - interval '1 second'");
    const quick = await Mail.claim();
    await Mail.markFailed(slow!, 'too late');
    await Mail.markSent(quick!);
    await Mail.markRejected(slow!, 'too late');
    assert.deepEqual([(await only()).lastError, Boolean((await only()).sentAt)], [null, true]);
  });

  it('writes no header that a name could add', async () => {
    await Mail.queue({
      to: 'ana@example.com',
      subject: 'x\r\nBcc: eve@example.com',
      text: '.\r\n.',
      expiresAt: soon(),
    });
    work();
    await settled();
    assert.deepEqual(
      [server.mails.all.length, server.mails.all[0]?.headers.bcc, server.mails.all[0]?.to],
      [1, undefined, 'ana@example.com'],
    );
  });
});

describe('without a mail server', () => {
  it('development prints the link once, and keeps it for administrators', async () => {
    lines = '';
    await queue('ana@example.com', { link: '/password-resets/abc' });
    work({ smtpUrl: null, development: true });
    await noted((mail) => mail.attempts === 1);
    assert.equal(lines.split('https://tasks.example.com/password-resets/abc').length, 2);
    assert.equal((await Mail.unsent(10)).length, 1);
    assert.equal(await Mail.claim(), null);
  });

  it('production prints nothing', () => {
    assert.deepEqual(
      mailJobs({ smtpUrl: null, mailFrom: 'x@example.com', linkBase: '', development: false }, log).map(
        ({ name }) => name,
      ),
      ['mails that are over'],
    );
  });
});
