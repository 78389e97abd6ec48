import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { connectionOf, urlOf } from '../../src/config/connection.ts';
import { projectDir, readDatabaseSettings, readSettings, settingNames, SettingsError } from '../../src/config/env.ts';
import { workerCount } from '../../src/config/worker-count.ts';
import { makeFolder } from '../support/folder.ts';

const { dir: dataDir, remove } = makeFolder();
const enough = { DATA_DIR: dataDir };

suite('Settings', () => {
  after(remove);

  test('.env.example lists every setting and nothing else', () => {
    const lines = readFileSync(path.join(projectDir, '.env.example'), 'utf8').split('\n');
    assert.deepEqual(lines.flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? []).sort(), [...settingNames].sort());
  });

  test('.env.example shows the defaults', () => {
    const example = Object.fromEntries(
      readFileSync(path.join(projectDir, '.env.example'), 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
          return name ? [[name, value ?? '']] : [];
        }),
    );
    assert.deepEqual(readSettings({ ...example, ...enough }), readSettings(enough));
  });

  test('an error lists every invalid setting with its remedy, without secrets', () => {
    const invalid = {
      ...enough,
      PORT: '70000',
      DATABASE_URL: 'mysql://u:hush@h/d',
      REGISTRATION: 'maybe',
      TRUST_PROXY: 'true',
      SESSION_SECRET: 'hush',
    };
    assert.throws(
      () => readSettings(invalid),
      (error) => {
        assert.ok(error instanceof SettingsError);
        assert.match(error.message, /5 settings are invalid/);
        assert.match(error.message, /PORT is "70000": must be a port from 0 to 65535/);
        assert.match(error.message, /DATABASE_URL is invalid: use a URL such as/);
        assert.match(error.message, /REGISTRATION is "maybe": use open, invite or closed/);
        assert.match(error.message, /TRUST_PROXY is "true"/);
        assert.match(error.message, /SESSION_SECRET is invalid: use at least 16 random characters/);
        assert.doesNotMatch(error.message, /hush/);
        return true;
      },
    );
  });

  const errorsOf = (
    env: Record<string, string>,
    read: (env: NodeJS.ProcessEnv) => unknown = readSettings,
  ): string[] => {
    try {
      read({ ...enough, ...env });
    } catch (error) {
      assert.ok(error instanceof SettingsError, String(error));
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    }
    return [];
  };
  const subjects = (env: Record<string, string>): string[] => errorsOf(env).map((line) => line.split(' ', 1)[0] ?? '');

  test('an address of any other form than scheme and host is one error of PUBLIC_URL', () => {
    for (const address of [
      'tasks.example.com',
      'tasks.example.com:8080',
      'localhost:3000',
      '//tasks',
      'ftp://tasks',
      '/',
    ])
      assert.deepEqual(errorsOf({ PUBLIC_URL: address }), [
        `PUBLIC_URL is ${JSON.stringify(address)}: use the address that people open, such as https://tasks.example.com.`,
      ]);
    for (const path of ['/tasks', '/?a=b', '/#there'])
      assert.match(
        errorsOf({ PUBLIC_URL: `https://tasks.example.com${path}` })[0] ?? '',
        /served at the root of its host/,
      );
    assert.deepEqual(errorsOf({ PUBLIC_URL: 'https://tasks.example.com' }), []);
  });

  test('an error of one setting hides none of another, or of two that do not fit', () => {
    assert.deepEqual(
      subjects({
        PORT: 'high',
        SMTP_URL: 'smtp://mail.example.com',
        NODE_ENV: 'production',
        BCRYPT_COST: '5',
        DYNO: 'web.1',
      }),
      ['PORT', 'SESSION_SECRET', 'BCRYPT_COST', 'DATABASE_URL', 'MAIL_FROM', 'PUBLIC_URL'],
    );
    assert.deepEqual(
      subjects({ PUBLIC_URL: 'tasks', DB_POOL_MAX: '20', SMPT_URL: 'smtp://u:hush@h', LOG_SQL: 'maybe' }),
      ['SMPT_URL', 'LOG_SQL', 'PUBLIC_URL', 'DB_POOL_MAX'],
    );
  });

  test('a variable that is surely a misspelt setting is an error that names the setting', () => {
    const meant = {
      SMPT_URL: 'SMTP_URL',
      SMTP_ULR: 'SMTP_URL',
      smtp_url: 'SMTP_URL',
      PUBLICURL: 'PUBLIC_URL',
      PUBLIC_URI: 'PUBLIC_URL',
      DATABSE_URL: 'DATABASE_URL',
      SESSION_SECRETS: 'SESSION_SECRET',
      API_CORS_ORIGIN: 'API_CORS_ORIGINS',
      REGISTRATOIN: 'REGISTRATION',
      LOGLEVEL: 'LOG_LEVEL',
      NODEENV: 'NODE_ENV',
      PROT: 'PORT',
      HSOT: 'HOST',
      TASKWIRE_PORT: 'PORT',
      TASKWIRE_SETUP_TOKEN: 'SETUP_TOKEN',
    };
    for (const [given, name] of Object.entries(meant))
      assert.deepEqual(errorsOf({ [given]: 'hush' }), [`${given} is not a setting: did you mean ${name}?`]);
  });

  test('variables of other programs are let be, also those that look a little like a setting', () => {
    const others = [
      'HOSTNAME',
      'HOME',
      'POST',
      'SPORT',
      'host',
      'PATH',
      'SMTP_USER',
      'REDIS_TLS_URL',
      'LOG_DIR',
      'NODE_OPTIONS',
    ];
    const env = Object.fromEntries(
      [...others, 'DATABASE_URL_READONLY', 'MAIL_HOST', 'TASKWIRE_HOME'].map((name) => [name, 'x']),
    );
    assert.deepEqual(errorsOf(env), []);
    assert.deepEqual(errorsOf({ LOGLEVEL: 'x', LOG_LEVEL: 'info' }), [], 'whose right form is given too');
  });

  test('NODE_ENV is production, development or test, for tools too', () => {
    for (const read of [readSettings, readDatabaseSettings])
      assert.deepEqual(errorsOf({ NODE_ENV: 'prodution' }, read), [
        'NODE_ENV is "prodution": use production or development, or remove it.',
      ]);
    assert.deepEqual(errorsOf({ NODE_ENV: 'test' }), []);
  });

  test('without HOST only production serves other machines', () => {
    const hostOf = (env: Record<string, string>) => {
      const { host, localOnly } = readSettings({ ...enough, ...env });
      return { host, localOnly };
    };
    assert.deepEqual(hostOf({}), { host: '127.0.0.1', localOnly: true });
    assert.deepEqual(hostOf({ NODE_ENV: 'development' }), { host: '127.0.0.1', localOnly: true });
    assert.deepEqual(hostOf({ NODE_ENV: 'production', SESSION_SECRET: 'a secret for tests only' }), {
      host: null,
      localOnly: false,
    });
    assert.deepEqual(hostOf({ HOST: '0.0.0.0' }), { host: '0.0.0.0', localOnly: false });
    assert.deepEqual(hostOf({ HOST: '[::1]' }), { host: '::1', localOnly: false });
  });

  test('in production the first account always takes a setup token: the one given, or one made from the secret', () => {
    const tokenOf = (env: Record<string, string>) => {
      const { setupToken, setupTokenMade } = readSettings({ ...enough, ...env });
      return { setupToken, setupTokenMade };
    };
    const production = { NODE_ENV: 'production', SESSION_SECRET: 'a secret for tests only' };
    assert.deepEqual(tokenOf({}), { setupToken: null, setupTokenMade: false });
    assert.deepEqual(tokenOf({ ...production, SETUP_TOKEN: 'given by hand' }), {
      setupToken: 'given by hand',
      setupTokenMade: false,
    });
    const made = tokenOf(production);
    assert.match(made.setupToken ?? '', /^[0-9a-f]{24}$/);
    assert.equal(made.setupTokenMade, true);
    assert.deepEqual(tokenOf(production), made, 'the same in every process');
    assert.notEqual(tokenOf({ ...production, SESSION_SECRET: 'another secret for tests' }).setupToken, made.setupToken);
  });

  test('SESSION_SECRET is required in production', () => {
    assert.throws(() => readSettings({ ...enough, NODE_ENV: 'production' }), /SESSION_SECRET is missing.*openssl rand/);
  });

  test('keep the cost of password hashes at 12 or more in production', () => {
    const production = { ...enough, NODE_ENV: 'production', SESSION_SECRET: 'a secret for tests only' };
    assert.equal(readSettings(production).bcryptCost, 12);
    assert.equal(readSettings({ ...production, BCRYPT_COST: '13' }).bcryptCost, 13);
    for (const read of [readSettings, readDatabaseSettings])
      assert.throws(
        () => read({ ...production, BCRYPT_COST: '11' }),
        /BCRYPT_COST is 11: with NODE_ENV=production it must be at least 12/,
      );
    assert.equal(readDatabaseSettings({ BCRYPT_COST: '4' }).bcryptCost, 4);
    assert.throws(() => readDatabaseSettings({ BCRYPT_COST: '3' }), /BCRYPT_COST is "3": must be a cost from 4 to 16/);
  });

  test('A27: links in mails start with PUBLIC_URL, which is required for mail in production', () => {
    const mail = { SMTP_URL: 'smtps://u:hush@mail.example.com', MAIL_FROM: 'Taskwire <tasks@example.com>' };
    const production = { ...enough, NODE_ENV: 'production', SESSION_SECRET: 'a secret for tests only' };
    assert.equal(
      readSettings({ ...production, ...mail, PUBLIC_URL: 'https://tasks.example.com/' }).linkBase,
      'https://tasks.example.com',
    );
    assert.throws(
      () => readSettings({ ...production, ...mail }),
      /PUBLIC_URL is missing: .*links in mails start with it/,
    );
    assert.throws(() => readSettings({ ...enough, SMTP_URL: mail.SMTP_URL }), /MAIL_FROM is missing/);
    assert.throws(
      () => readSettings({ ...enough, MAIL_FROM: 'nobody', SMTP_URL: 'http://u:hush@h' }),
      ({ message }: Error) =>
        /MAIL_FROM is "nobody"/.test(message) && /SMTP_URL is invalid/.test(message) && !message.includes('hush'),
    );
    assert.equal(readSettings({ ...enough, PORT: '8080' }).linkBase, 'http://localhost:8080');
  });

  test('outside production a session secret is generated once, readable by its owner only', () => {
    const { sessionSecret } = readSettings(enough);
    assert.match(sessionSecret, /^[0-9a-f]{64}$/);
    assert.equal(readSettings(enough).sessionSecret, sessionSecret);
    assert.equal(statSync(path.join(dataDir, 'session-secret')).mode & 0o777, 0o600);
  });

  test('an empty variable counts as not set', () => {
    assert.equal(readSettings({ ...enough, DATABASE_URL: ' ', PORT: '' }).port, 3000);
  });

  test('on Heroku: one trusted proxy, https, and DATABASE_URL is required', () => {
    const heroku = { ...enough, DYNO: 'web.1', DATABASE_URL: 'postgres://u:p@h.example.com/d' };
    const { trustProxy, https, databaseSsl } = readSettings(heroku);
    assert.deepEqual({ trustProxy, https, databaseSsl }, { trustProxy: 1, https: true, databaseSsl: 'no-verify' });
    assert.throws(() => readSettings({ ...heroku, DATABASE_URL: '' }), /heroku addons:create/);
  });

  test('elsewhere https depends on PUBLIC_URL', () => {
    assert.equal(readSettings(enough).https, false);
    assert.equal(readSettings({ ...enough, PUBLIC_URL: 'http://tasks.example.com' }).https, false);
    assert.equal(readSettings({ ...enough, PUBLIC_URL: 'https://tasks.example.com' }).https, true);
  });

  test('a remote database is reached by verified TLS by default', () => {
    const ssl = (DATABASE_URL: string) => readDatabaseSettings({ DATABASE_URL }).databaseSsl;
    assert.equal(ssl('postgres://u@db.example.com/d'), 'verify');
    assert.equal(ssl('postgres://u@localhost/d'), 'off');
    assert.equal(ssl('postgres://u@127.0.0.1:5433/d'), 'off');
    assert.equal(ssl('postgres://u@localhost/d?host=/run/postgresql'), 'off');
  });

  test('DB_POOL_MAX must be less than DB_CONNECTIONS', () => {
    assert.throws(
      () => readSettings({ ...enough, DB_POOL_MAX: '18' }),
      /DB_POOL_MAX is 18: it must be less than DB_CONNECTIONS \(18\)/,
    );
  });

  test('DB_CONNECTIONS limits the number of workers, with a warning and its remedy', () => {
    const workers = (env: Record<string, string>) => workerCount(readSettings({ ...enough, ...env }));
    assert.deepEqual(workers({}), { count: 1, warning: null });
    assert.deepEqual(workers({ WEB_CONCURRENCY: '3' }), { count: 3, warning: null });
    assert.equal(workers({ WEB_CONCURRENCY: '4' }).count, 3, '4 × 5 is not less than 18');
    assert.equal(workers({ WEB_CONCURRENCY: '4', DB_CONNECTIONS: '21' }).count, 4);
    assert.equal(workers({ WEB_CONCURRENCY: '4', DB_CONNECTIONS: '20' }).count, 3);
    assert.equal(workers({ WEB_CONCURRENCY: '2', DB_POOL_MAX: '17' }).count, 1);
    const { warning } = workers({ WEB_CONCURRENCY: '8' });
    assert.match(
      warning ?? '',
      /WEB_CONCURRENCY is 8, but only 3 workers start: each needs 5 .*below DB_CONNECTIONS, 18\. .*DB_CONNECTIONS=41/,
    );
    assert.equal(workers({ WEB_CONCURRENCY: '8', DB_CONNECTIONS: '41' }).warning, null);
  });

  test('DATABASE_URL is parsed and formatted', () => {
    const connection = {
      host: '/run/a b',
      port: 5433,
      user: 'u@x',
      database: 'd/1',
      password: 'p:?',
      ssl: false as const,
    };
    assert.deepEqual(connectionOf(urlOf(connection), 'off'), connection);
    assert.deepEqual(connectionOf('postgres://u:p@[::1]/d', 'verify'), {
      host: '::1',
      port: 5432,
      user: 'u',
      database: 'd',
      password: 'p',
      ssl: { rejectUnauthorized: true },
    });
  });
});
