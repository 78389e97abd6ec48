import { randomUUID } from 'node:crypto';
import { connectionOf, type Connection } from '../../src/config/connection.ts';
import { makeFolder } from '../support/folder.ts';
import type { OwnPostgres } from '../support/own-postgres.ts';
import { addressOf, runProgram } from '../support/process.ts';
import { waitUntilCurrent, recordFinalState, readStored } from './final-state.ts';
import { copySource, type BrokenBuild } from './broken-builds.ts';
import { query } from './database.ts';
import type { Evidence, IsolatedWrite, Written } from './evidence.ts';
import { request, keepAlive } from './http.ts';
import { ModelTab } from './model-tab.ts';
import { createPeople, type Browser } from './people.ts';

/** One server of a build, with one user and two tabs. */
export interface Setup {
  database: Connection;
  browser: Browser;
  /** @returns the task's id */
  createTask(tag: string): Promise<number>;
  complete(task: number): Promise<void>;
  /** Waits, with a timeout, until every tab has that many events of the task. */
  waitForEvents(task: number, events: number): Promise<void>;
  /** Waits, with a timeout, until every tab has the database's versions. */
  waitUntilCurrent(): Promise<void>;
  evidence(): Promise<Evidence>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 3000;
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
  const isolatedWrites: IsolatedWrite[] = [];
  const close = async (): Promise<void> => {
    for (const tab of tabs) await tab.close();
    agent.destroy();
    await program.kill('SIGKILL');
    source.remove();
    folder.remove();
  };

  try {
    // The server migrates the database itself, because builds differ in their tables.
    const address = await addressOf(program);
    const browser = (await createPeople(env, 1)).people.Ana[0]!;
    for (const name of ['Ana 1', 'Ana 2']) tabs.push(await new ModelTab(name, address, browser).open());

    const post = async (path: string, form: Record<string, string>): Promise<void> => {
      const { status, text } = await request('POST', `${address}${path}`, { cookie: browser.cookie, form, agent });
      if (status !== 303) throw new Error(`${path} responded with ${status}: ${text}`);
    };
    const waitForTabs = (): Promise<void> => waitUntilCurrent(tabs, database, TIMEOUT_MS);

    return {
      database,
      browser,
      async createTask(tag) {
        const description = `${tag} to do`;
        await post('/tasks', { description, formKey: randomUUID() });
        written.push({ writer: 'Ana', listId: browser.listId, tag, description, state: 'open', unknown: false });
        await waitForTabs();
        return (await query<{ id: number }>(database, 'SELECT id FROM tasks WHERE description = $1', [description]))[0]!
          .id;
      },
      async complete(task) {
        await post(`/tasks/${task}/completion`, {});
        const acknowledgedAt = performance.now();
        const [row] = await query<{ description: string; version: number }>(database, LAST_EVENT, [task]);
        written.find(({ description }) => description === row!.description)!.state = 'done';
        isolatedWrites.push({ listId: browser.listId, version: row!.version, acknowledgedAt, stall: TIMEOUT_MS });
      },
      async waitForEvents(task, events) {
        const end = performance.now() + TIMEOUT_MS;
        const has = ({ record }: ModelTab): boolean =>
          record.received.filter((one) => one.kind === 'event' && one.subjectId === task).length >= events;
        while (performance.now() < end && !tabs.every(has)) await new Promise((resolve) => setTimeout(resolve, 10));
      },
      waitUntilCurrent: waitForTabs,
      async evidence() {
        await waitForTabs();
        await recordFinalState(tabs, 0);
        return {
          stored: await readStored(database),
          written,
          contradictions: [],
          tabs: tabs.map(({ record }) => record),
          absences: [],
          isolatedWrites,
          exits: [],
          connectionLoad: null,
        };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const LAST_EVENT =
  'SELECT t.description, max(e.version)::integer AS version FROM tasks t JOIN events e ON e.subject_id = t.id AND e.list_id = t.list_id WHERE t.id = $1 GROUP BY t.id';
