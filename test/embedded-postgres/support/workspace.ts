import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { thisHost, type Host, isServerOf } from '../../../src/embedded-postgres/host.ts';
import { type EmbeddedOptions, type EmbeddedServer, startOn } from '../../../src/embedded-postgres/index.ts';
import { serverLock } from '../../../src/embedded-postgres/lock-file.ts';
import { nodeFlags, runnablePath } from '../../support/compiled.ts';
import type { Report } from './app.ts';

export interface App {
  process: ChildProcess;
  reports: Report[];
  /** Waits for the first report of that kind. */
  report<K extends Report['kind']>(kind: K): Promise<Extract<Report, { kind: K }>>;
  /** Resolves when the process has exited. */
  kill(): Promise<void>;
}

/** A temporary folder with the servers and processes a test starts in it; cleaned up after the test or by `close`. */
export class Workspace {
  readonly folder: string;
  private readonly servers: EmbeddedServer[] = [];
  private readonly apps: App[] = [];

  static async open(t?: TestContext): Promise<Workspace> {
    const folder = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'embedded-workspace-')));
    await fs.chmod(folder, 0o755); // For root, whose server runs as another user.
    const workspace = new Workspace(folder);
    t?.after(() => workspace.close());
    return workspace;
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  path(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  /** A host that writes nothing outside the workspace. */
  host(changes: Partial<Host> = {}): Host {
    return { ...thisHost(), home: this.path('home'), ...changes };
  }

  async start(options: Partial<EmbeddedOptions> = {}, host: Host = this.host()): Promise<EmbeddedServer> {
    const server = await startOn(host, { dir: this.path('data'), database: 'tasks', ...options });
    this.servers.push(server);
    return server;
  }

  /** Another process that starts or joins the server. */
  fork(options: Partial<EmbeddedOptions> = {}): App {
    const child = fork(
      runnablePath('test/embedded-postgres/support/app.ts'),
      [JSON.stringify({ dir: this.path('data'), database: 'tasks', ...options })],
      {
        execArgv: nodeFlags(),
      },
    );
    const reports: Report[] = [];
    child.on('message', (report) => reports.push(report as Report));
    const app: App = {
      process: child,
      reports,
      report: (kind) =>
        eventually(() =>
          reports.find((report): report is Extract<Report, { kind: typeof kind }> => report.kind === kind),
        ),
      async kill() {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      },
    };
    this.apps.push(app);
    return app;
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    await Promise.all(this.apps.map((app) => app.kill()));
    const started = this.apps.flatMap(({ reports }) =>
      reports.flatMap((report) => (report.kind === 'started' ? [report.dataDir] : [])),
    );
    for (const dataDir of started) await eventually(async () => (await serverPid(dataDir)) === undefined);
    await fs.rm(this.folder, { recursive: true, force: true });
  }
}

/** The pid of the running server on that data folder. */
export async function serverPid(dataDir: string): Promise<number | undefined> {
  const pid = (await serverLock(dataDir))?.pid;
  return pid !== undefined && isServerOf(pid, dataDir) ? pid : undefined;
}

export async function query<Row extends pg.QueryResultRow>(
  { connection }: Pick<EmbeddedServer, 'connection'>,
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({ ...connection, ssl: false });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Resolves to the first value of `condition` that is neither false nor undefined. */
export async function eventually<T>(condition: () => T | Promise<T>): Promise<Exclude<T, false | undefined>> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${condition.toString()}`);
    await sleep(10);
  }
}

/** Awaits `lost` and keeps the process alive meanwhile, which the embedded server itself does not. */
export async function waitForLoss(promise: Promise<void>): Promise<void> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await eventually(() => settled);
}
