import { randomUUID } from 'node:crypto';
import { connectionOf, type Connection } from '../../src/config/connection.ts';
import { makeFolder } from '../support/folder.ts';
import type { OwnPostgres } from '../support/own-postgres.ts';
import { addressOf, runProgram } from '../support/process.ts';
import { becomeCurrent, finish, readStored } from './assertions.ts';
import { copySource, type BrokenBuild } from './broken-builds.ts';
import { query } from './database.ts';
import type { Evidence, LoneWrite, Written } from './evidence.ts';
import { ask, keepAlive } from './http.ts';
import { ModelTab } from './model-tab.ts';
import { createPeople, type Browser } from './people.ts';

/** One server of some build, one person, two tabs. */
export interface Setup {
  database: Connection;
  browser: Browser;
  /** @returns the task's id */
  write(tag: string): Promise<number>;
  complete(task: number): Promise<void>;
  /** Waits until so many events of the task are at every tab; not for ever. */
  seen(task: number, events: number): Promise<void>;
  /** Waits until every tab is where the database is; not for ever. */
  current(): Promise<void>;
  evidence(): Promise<Evidence>;
  close(): Promise<void>;
}

const PATIENCE_MS = 3000;
let created = 0;

export async function openSetup(build: BrokenBuild, postgres: OwnPostgres): Promise<Setup> {
  const source = copySource(build);
  const folder = makeFolder();
  const url = await postgres.createDatabase(`setup_${(created += 1)}`);
  const env = {
    DATABASE_URL: url,
    DATABASE_SSL: 'off',
    DATA_DIR: folder.dir,
    SESSION_SECRET: 'a secret for tests only',
    LOG_LEVEL: 'warn',
  };
  const database = connectionOf(url, 'off');
  const program = runProgram(
    process.execPath,
    ['--import', 'tsx', 'src/server.ts'],
    { ...env, HOST: '127.0.0.1', PORT: '0' },
    source.dir,
  );
  const agent = keepAlive();
  const tabs: ModelTab[] = [];
  const written: Written[] = [];
  const lone: LoneWrite[] = [];
  const close = async (): Promise<void> => {
    for (const tab of tabs) await tab.close();
    agent.destroy();
    await program.kill('SIGKILL');
    source.remove();
    folder.remove();
  };

  try {
    // It has to make the tables itself: those of another build are others.
    const address = await addressOf(program);
    const browser = (await createPeople(env, 1)).people.Ana[0]!;
    for (const name of ['Ana 1', 'Ana 2']) tabs.push(await new ModelTab(name, address, browser).open());

    const post = async (path: string, form: Record<string, string>): Promise<void> => {
      const { status, text } = await ask('POST', `${address}${path}`, { cookie: browser.cookie, form, agent });
      if (status !== 303) throw new Error(`${path} was answered ${status}: ${text}`);
    };
    const current = (): Promise<void> => becomeCurrent(tabs, database, PATIENCE_MS);

    return {
      database,
      browser,
      async write(tag) {
        const description = `${tag} to do`;
        await post('/tasks', { description, formKey: randomUUID() });
        written.push({ writer: 'Ana', listId: browser.listId, tag, description, state: 'open', unknown: false });
        await current();
        return (await query<{ id: number }>(database, 'SELECT id FROM tasks WHERE description = $1', [description]))[0]!
          .id;
      },
      async complete(task) {
        await post(`/tasks/${task}/completion`, {});
        const acknowledgedAt = performance.now();
        const [row] = await query<{ description: string; version: number }>(database, LAST, [task]);
        written.find(({ description }) => description === row!.description)!.state = 'done';
        lone.push({ listId: browser.listId, version: row!.version, acknowledgedAt, stall: PATIENCE_MS });
      },
      async seen(task, events) {
        const end = performance.now() + PATIENCE_MS;
        const has = ({ record }: ModelTab): boolean =>
          record.received.filter((one) => one.kind === 'event' && one.subjectId === task).length >= events;
        while (performance.now() < end && !tabs.every(has)) await new Promise((resolve) => setTimeout(resolve, 10));
      },
      current,
      async evidence() {
        await current();
        await finish(tabs, 0);
        return {
          stored: await readStored(database),
          written,
          contradictions: [],
          tabs: tabs.map(({ record }) => record),
          absences: [],
          lone,
          exits: [],
          membershipLoad: null,
        };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const LAST =
  'SELECT t.description, max(e.version)::integer AS version FROM tasks t JOIN events e ON e.subject_id = t.id AND e.list_id = t.list_id WHERE t.id = $1 GROUP BY t.id';
