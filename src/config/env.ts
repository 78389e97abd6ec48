/* eslint-disable max-lines -- each setting's type, check and value are looked up together */
/** Settings, read once from the environment by one schema. `.env.example` documents each. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { misspeltSettings } from './misspelt-settings.ts';
import { readOrCreateSecret, setupTokenFrom } from './session-secret.ts';

export interface DatabaseSettings {
  /** Null for the embedded PostgreSQL, which keeps its data in `dataDir`. */
  databaseUrl: string | null;
  databaseSsl: 'verify' | 'no-verify' | 'off';
  /** Pool size of one process. */
  dbPoolMax: number;
  /** Total connections of all processes. */
  dbConnections: number;
  logSql: boolean;
  /** Absolute path. */
  dataDir: string;
  /** Of password hashes; each step up doubles the time. */
  bcryptCost: number;
}

export interface Settings extends DatabaseSettings {
  port: number;
  /** Address to listen on; null for all. */
  host: string | null;
  /** HOST is not set and this is not production: only this machine can connect. */
  localOnly: boolean;
  /** The address that people use; null for each request's own. */
  publicUrl: URL | null;
  /** People use https: cookies are Secure and `__Host-`, and HSTS is sent. */
  https: boolean;
  /** HSTS includes the subdomains of PUBLIC_URL's host, which other programs may serve. */
  hstsSubdomains: boolean;
  /** Otherwise the server waits for somebody to run the pending migrations. */
  migrateAtStart: boolean;
  /** Worker processes; fewer start if the database has not enough connections. */
  webConcurrency: number;
  /** Null to notify other processes by PostgreSQL's NOTIFY. */
  redisUrl: string | null;
  /** Origins whose pages may call the API. */
  apiCorsOrigins: string[];
  /** Number of proxies in front, each of which adds one address to `X-Forwarded-For`. */
  trustProxy: number;
  sessionSecret: string;
  /** Required for the first account; null outside production if none is given. */
  setupToken: string | null;
  /** Whether it was generated: then the start prints it. */
  setupTokenMade: boolean;
  /** Null to send no mail: administrators pass links on. */
  smtpUrl: string | null;
  mailFrom: string;
  /** Base of links in mails, never taken from a request's Host header. */
  linkBase: string;
  registration: 'open' | 'invite' | 'closed';
  logLevel: z.infer<typeof logLevel>;
  rateLimits: boolean;
  production: boolean;
  /** Views are not cached. */
  development: boolean;
}

/** The message lists every invalid setting with its remedy, and no secrets. */
export class SettingsError extends Error {
  constructor(errors: string[]) {
    super(
      [
        errors.length === 1
          ? 'Taskwire cannot start: one setting is invalid.'
          : `Taskwire cannot start: ${String(errors.length)} settings are invalid.`,
        ...errors,
      ].join('\n  '),
    );
    this.name = 'SettingsError';
  }
}

/** The directory of package.json: two above this file, in `src` and in `dist` alike. */
export const projectDir = path.resolve(import.meta.dirname, '../..');

const logLevel = z.enum(
  ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  'use fatal, error, warn, info, debug, trace or silent.',
);
const number = (from: number, to: number, what: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be ${what} from ${String(from)} to ${String(to)}.`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `must be ${what} from ${String(from)} to ${String(to)}.`);
const flag = z
  .enum(['on', 'off', '1', '0', 'true', 'false'], 'use on or off.')
  .transform((value) => ['on', '1', 'true'].includes(value));
const url = (protocols: string[], remedy: string) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: remedy,
    abort: true,
  });

/** Below this a stolen digest is guessed too quickly; tests use less, because each hash takes a quarter of a second. */
const PRODUCTION_BCRYPT_COST = 12;

const databaseSchema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test'], 'use production or development, or remove it.').optional(),
  DATABASE_URL: url(
    ['postgres:', 'postgresql:'],
    'use a URL such as postgres://user:password@host:5432/database, or remove it to use the embedded database.',
  ).optional(),
  DATABASE_SSL: z.enum(['verify', 'no-verify', 'off'], 'use verify, no-verify or off.').optional(),
  DB_POOL_MAX: number(1, 200, 'a number of connections').prefault('4'),
  DB_CONNECTIONS: number(2, 10_000, 'a number of connections').prefault('18'),
  LOG_SQL: flag.prefault('off'),
  DATA_DIR: z.string().prefault('.data'),
  BCRYPT_COST: number(4, 16, 'a cost').prefault('12'),
});

const schema = databaseSchema.extend({
  PORT: number(0, 65_535, 'a port').prefault('3000'),
  HOST: z
    .string()
    .transform((value) => value.replace(/^\[(.*)\]$/, '$1'))
    .optional(),
  PUBLIC_URL: url(['http:', 'https:'], 'use the address that people open, such as https://tasks.example.com.')
    .refine(
      (value) => new URL(value).href === `${new URL(value).origin}/`,
      'use only scheme and host, such as https://tasks.example.com: Taskwire is served at the root of its host.',
    )
    .optional(),
  HSTS_SUBDOMAINS: flag.prefault('off'),
  MIGRATE_AT_START: flag.prefault('on'),
  WEB_CONCURRENCY: number(1, 64, 'a number of processes').prefault('1'),
  REDIS_URL: url(
    ['redis:', 'rediss:'],
    'use a URL such as redis://host:6379, or remove it to use PostgreSQL instead.',
  ).optional(),
  API_CORS_ORIGINS: z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter(Boolean))
    .refine(
      (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
      'use comma-separated origins such as https://app.example.com.',
    )
    .optional(),
  TRUST_PROXY: number(0, 10, 'a number of proxies (not "true")').optional(),
  SESSION_SECRET: z
    .string()
    .min(16, 'use at least 16 random characters, for example from `openssl rand -hex 32`.')
    .optional(),
  SMTP_URL: url(
    ['smtp:', 'smtps:'],
    'use a URL such as smtps://user:password@mail.example.com, or remove it: administrators pass links on then.',
  ).optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'use a sender such as Taskwire <tasks@example.com>.')
    .optional(),
  SETUP_TOKEN: z.string().min(8, 'use at least 8 random characters.').optional(),
  REGISTRATION: z.enum(['open', 'invite', 'closed'], 'use open, invite or closed.').prefault('open'),
  LOG_LEVEL: logLevel.prefault('info'),
  RATE_LIMITS: flag.prefault('on'),
});

/** A test compares them with `.env.example`. */
export const settingNames: readonly string[] = Object.keys(schema.shape);
const SECRET = new Set(['DATABASE_URL', 'REDIS_URL', 'SESSION_SECRET', 'SETUP_TOKEN', 'SMTP_URL']);

/** The process's environment, with defaults from `.env` in the project directory. */
export function environment(): NodeJS.ProcessEnv {
  const file = path.join(projectDir, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return process.env;
}

/**
 * Outside production a missing SESSION_SECRET is generated and kept in the data directory.
 * @throws SettingsError with all errors at once
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const heroku = Boolean(env.DYNO);
  const production = env.NODE_ENV === 'production';
  const values = read(schema, env, (given, errors) => {
    if (production && !env.SESSION_SECRET?.trim())
      errors.push(
        'SESSION_SECRET is missing: it is required with NODE_ENV=production to sign session cookies. Use ' +
          'at least 16 random characters, for example from `openssl rand -hex 32`.',
      );
    checkDatabase(given, env, errors);
    if (given.SMTP_URL && !env.MAIL_FROM?.trim())
      errors.push(
        'MAIL_FROM is missing: it is required with SMTP_URL. Use a sender such as Taskwire <tasks@example.com>.',
      );
    if (given.SMTP_URL && production && !env.PUBLIC_URL?.trim())
      errors.push(
        'PUBLIC_URL is missing: it is required with SMTP_URL in production, because links in mails start ' +
          'with it. Use the address that people open.',
      );
  });

  const publicUrl = values.PUBLIC_URL ? new URL(values.PUBLIC_URL) : null;
  const database = databaseSettings(values, heroku);
  const localOnly = !values.HOST && !production && !heroku;
  const sessionSecret = values.SESSION_SECRET ?? readOrCreateSecret(database.dataDir);
  return {
    ...database,
    port: values.PORT,
    host: values.HOST ?? (localOnly ? '127.0.0.1' : null),
    localOnly,
    publicUrl,
    https: publicUrl ? publicUrl.protocol === 'https:' : heroku,
    hstsSubdomains: values.HSTS_SUBDOMAINS,
    migrateAtStart: values.MIGRATE_AT_START,
    webConcurrency: values.WEB_CONCURRENCY,
    redisUrl: values.REDIS_URL ?? null,
    apiCorsOrigins: values.API_CORS_ORIGINS ?? [],
    trustProxy: values.TRUST_PROXY ?? (heroku ? 1 : 0),
    sessionSecret,
    setupToken: values.SETUP_TOKEN ?? (production ? setupTokenFrom(sessionSecret) : null),
    setupTokenMade: production && !values.SETUP_TOKEN,
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM ?? 'Taskwire <taskwire@localhost>',
    linkBase: publicUrl?.origin ?? `http://localhost:${String(values.PORT)}`,
    registration: values.REGISTRATION,
    logLevel: values.LOG_LEVEL,
    rateLimits: values.RATE_LIMITS,
    production,
    development: values.NODE_ENV === 'development',
  };
}

/**
 * The settings that command-line tools need: the database, and the cost of the passwords that they set.
 * @throws SettingsError with all errors at once
 */
export function readDatabaseSettings(env: NodeJS.ProcessEnv): DatabaseSettings {
  const values = read(databaseSchema, env, (given, errors) => {
    checkDatabase(given, env, errors);
  });
  return databaseSettings(values, Boolean(env.DYNO));
}

/**
 * Each setting is read by itself, so that one that is invalid hides no other error.
 * @param check of the settings that are valid, against each other
 */
function read<S extends z.ZodObject>(
  { shape }: S,
  env: NodeJS.ProcessEnv,
  check: (given: Partial<z.output<S>>, errors: string[]) => void,
): z.output<S> {
  const errors = misspeltSettings(env, settingNames);
  const values: Record<string, unknown> = {};
  const fields: Record<string, z.ZodType> = shape;
  for (const [name, field] of Object.entries(fields)) {
    // Many tools set an empty variable for "not set".
    const given = env[name]?.trim() || undefined;
    const { success, data, error } = field.safeParse(given);
    if (success) values[name] = data;
    else
      errors.push(
        `${name} is ${SECRET.has(name) ? 'invalid' : JSON.stringify(given)}: ${error.issues[0]?.message ?? ''}`,
      );
  }
  check(values as Partial<z.output<S>>, errors);
  if (errors.length > 0) throw new SettingsError(errors);
  return values as z.output<S>;
}

function checkDatabase(
  values: Partial<z.output<typeof databaseSchema>>,
  env: NodeJS.ProcessEnv,
  errors: string[],
): void {
  const { DB_POOL_MAX: pool, DB_CONNECTIONS: all, BCRYPT_COST: cost = PRODUCTION_BCRYPT_COST } = values;
  if (env.NODE_ENV === 'production' && cost < PRODUCTION_BCRYPT_COST)
    errors.push(
      `BCRYPT_COST is ${String(cost)}: with NODE_ENV=production it must be at least ${String(PRODUCTION_BCRYPT_COST)}.`,
    );
  if (pool && all && pool >= all)
    errors.push(
      `DB_POOL_MAX is ${String(pool)}: it must be less than DB_CONNECTIONS (${String(all)}), because a process needs ` +
        'one connection besides its pool.',
    );
  if (env.DYNO && !env.DATABASE_URL?.trim())
    errors.push(
      "DATABASE_URL is missing: a dyno's disk is ephemeral, so add a database with " +
        '`heroku addons:create heroku-postgresql:essential-0`.',
    );
}

function databaseSettings(values: z.output<typeof databaseSchema>, heroku: boolean): DatabaseSettings {
  return {
    databaseUrl: values.DATABASE_URL ?? null,
    databaseSsl: values.DATABASE_SSL ?? defaultSsl(values.DATABASE_URL, heroku),
    dbPoolMax: values.DB_POOL_MAX,
    dbConnections: values.DB_CONNECTIONS,
    logSql: values.LOG_SQL,
    dataDir: path.resolve(projectDir, values.DATA_DIR),
    bcryptCost: values.BCRYPT_COST,
  };
}

/** Heroku's certificates cannot be verified, a local connection needs no TLS, and any other is verified. */
function defaultSsl(databaseUrl: string | undefined, heroku: boolean): DatabaseSettings['databaseSsl'] {
  if (heroku) return 'no-verify';
  if (!databaseUrl) return 'off';
  const { hostname, searchParams } = new URL(databaseUrl);
  const local =
    ['', 'localhost', '[::1]'].includes(hostname) ||
    hostname.startsWith('127.') ||
    searchParams.get('host')?.startsWith('/');
  return local ? 'off' : 'verify';
}
