import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { nodeFlags, runnablePath } from '../support/compiled.ts';
import { addressOf, eventually, freePort, runNode, type Program } from '../support/process.ts';
import type { Exit } from './evidence.ts';
import { PROBE_FOLDER, type ProcessState } from './probe.ts';

const POLL_MS = 100;
const SERVER = [...nodeFlags('test/reliability/probe.ts'), runnablePath('src/server.ts')];

/** A server that can be killed and restarted on the same port; records how each of its processes exits. */
export class WatchedServer {
  readonly name: string;
  readonly url: string;
  readonly exits: Exit[] = [];
  readonly #env: Record<string, string>;
  readonly #workers: number;
  readonly #folder: string;
  readonly #signals = new Map<number, 'SIGKILL' | 'SIGTERM'>();
  readonly #alive = new Map<number, string>();
  readonly #watch: NodeJS.Timeout;
  #program: Program | null = null;
  #log = '';
  /** Set while the whole server is being stopped, including processes started meanwhile. */
  #ending: 'SIGKILL' | 'SIGTERM' | null = null;

  /** @param workers 1 runs without a cluster @param folder receives the probes' reports */
  static async on(name: string, workers: number, env: Record<string, string>, folder: string): Promise<WatchedServer> {
    return new WatchedServer(name, workers, await freePort(), env, folder);
  }

  private constructor(name: string, workers: number, port: number, env: Record<string, string>, folder: string) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.#workers = workers;
    this.#folder = path.join(folder, name);
    this.#env = {
      ...env,
      HOST: '127.0.0.1',
      PORT: String(port),
      WEB_CONCURRENCY: String(workers),
      [PROBE_FOLDER]: this.#folder,
    };
    mkdirSync(this.#folder, { recursive: true });
    this.#watch = setInterval(() => {
      this.#poll();
    }, POLL_MS);
  }

  /** The pids of the serving processes. */
  get serving(): number[] {
    this.#poll();
    return [...this.#alive].flatMap(([pid, kind]) => (this.#workers === 1 || kind === 'worker' ? [pid] : []));
  }

  /** The output of all its processes. */
  get log(): string {
    return this.#log + (this.#program?.out() ?? '') + (this.#program?.err() ?? '');
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    this.#log = this.log;
    this.#program = runNode(SERVER, this.#env);
    await addressOf(this.#program);
    await this.ready();
  }

  /** Resolves when all processes are serving and the server reports ready. */
  async ready(): Promise<void> {
    await eventually(
      async () => this.serving.length >= this.#workers && (await isReady(this.url)),
      `server ${this.name} with ${this.#workers} processes\n${this.log.slice(-2000)}`,
    );
  }

  /** Stops the whole server and resolves when its last process has exited. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const program = this.#program;
    if (!program) return;
    this.#ending = signal;
    this.#program = null;
    this.#log += program.out() + program.err();
    await program.kill(signal);
    await eventually(() => {
      this.#poll();
      return this.#alive.size === 0;
    }, `server ${this.name} to exit`);
    this.#ending = null;
  }

  /** Kills one of its processes and resolves when it has exited. */
  async kill(pid: number): Promise<void> {
    this.#signals.set(pid, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await eventually(() => {
      this.#poll();
      return !this.#alive.has(pid);
    }, `process ${pid} to exit`);
  }

  /** Resumes a suspended process, if it still exists. */
  resume(pid: number): void {
    if (isAlive(pid)) process.kill(pid, 'SIGCONT');
  }

  /** Reads the state of one of its processes. */
  async readState(pid: number): Promise<ProcessState> {
    return JSON.parse(await text(net.connect(path.join(this.#folder, `${pid}.probe`)))) as ProcessState;
  }

  /** Stops watching. */
  close(): void {
    clearInterval(this.#watch);
  }

  #poll(): void {
    for (const entry of readdirSync(this.#folder)) {
      if (!/^\d+$/.test(entry)) continue;
      const pid = Number(entry);
      const kind = this.#alive.get(pid) ?? readFileSync(path.join(this.#folder, entry), 'utf8');
      if (kind === '') continue;
      if (isAlive(pid)) this.#alive.set(pid, kind);
      else this.#recordExit(pid, kind);
    }
  }

  #recordExit(pid: number, kind: string): void {
    this.#alive.delete(pid);
    const exit = path.join(this.#folder, `${pid}.exit`);
    const code = existsSync(exit) ? Number(readFileSync(exit, 'utf8')) : null;
    this.exits.push({
      process: `${kind} ${pid} of ${this.name}`,
      signal: this.#signals.get(pid) ?? this.#ending,
      code,
    });
    for (const file of [String(pid), `${pid}.exit`, `${pid}.probe`])
      rmSync(path.join(this.#folder, file), { force: true });
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/** A zombie does not count as alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}
