import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Written } from './evidence.ts';
import { readFirstLoad, type FirstLoad } from './first-load.ts';
import { keepAlive } from './http.ts';
import type { Browser } from './people.ts';
import type { Random } from './random.ts';
import { sendUntilKnown, type Known } from './until-known.ts';

interface OwnTask {
  written: Written;
  id: number;
  textRevision: number;
  completed: boolean;
  /** Not touched before this time: a suspended process may still carry out a request that has timed out. */
  rests: number;
}

interface OwnCategory {
  id: number;
  rests: number;
}

/** Longer than any process is suspended. */
const REST_MS = 30_000;
const PAUSE_MS = { from: 40, to: 120 };
/** Keeps the tasks of a list's three writers on its first page. */
const MOST = { open: 14, done: 6 };

/** Changes its own tasks by the page's forms and records what was acknowledged. */
export class Writer {
  readonly written: Written[] = [];
  readonly contradictions: string[] = [];
  readonly name: string;
  readonly browser: Browser;
  readonly #urls: string[];
  readonly #random: Random;
  readonly #agent = keepAlive();
  readonly #tasks: OwnTask[] = [];
  #category: OwnCategory | null = null;
  #made = 0;
  #acknowledgedAt = 0;
  #stopping = false;
  #working: Promise<void> | null = null;

  /** @param urls the servers' addresses, the preferred one first */
  constructor(name: string, browser: Browser, urls: string[], random: Random) {
    this.name = name;
    this.browser = browser;
    this.#urls = urls;
    this.#random = random;
  }

  start(): void {
    this.#stopping = false;
    this.#working = this.#work();
  }

  /** Resolves when the outcome of the last request is known. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#working;
  }

  /** Creates one task. @returns when it was acknowledged, by `performance.now()` */
  async writeOne(): Promise<number> {
    await this.#create();
    return this.#acknowledgedAt;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      await this.#next()();
      await sleep(this.#random.between(PAUSE_MS.from, PAUSE_MS.to));
    }
  }

  /** A random action that is possible now. */
  #next(): () => Promise<void> {
    const free = this.#tasks.filter(({ rests }) => rests < performance.now());
    const inState = (state: Written['state']): OwnTask[] => free.filter(({ written }) => written.state === state);
    const room = (state: 'open' | 'done'): boolean =>
      this.#tasks.filter(({ written }) => written.state === state).length < MOST[state];
    const [open, done, trashed] = [inState('open'), inState('done'), inState('trashed')];
    const choices: [weight: number, possible: boolean, work: () => Promise<void>][] = [
      [30, room('open'), () => this.#create()],
      [20, open.length > 0, () => this.#edit(this.#random.pick(open))],
      [16, open.length > 0 && room('done'), () => this.#set(this.#random.pick(open), 'done')],
      [8, done.length > 0 && room('open'), () => this.#set(this.#random.pick(done), 'open')],
      [16, open.length + done.length > 4, () => this.#set(this.#random.pick([...open, ...done]), 'trashed')],
      [5, trashed.length > 0 && room('open') && room('done'), () => this.#restore(this.#random.pick(trashed))],
      [8, trashed.length > 0, () => this.#set(this.#random.pick(trashed), 'purged')],
      [4, this.#category === null || this.#category.rests < performance.now(), () => this.#label()],
      [1, true, () => Promise.resolve()],
    ];
    const possible = choices.filter(([, can]) => can);
    let at = this.#random.next() * possible.reduce((sum, [weight]) => sum + weight, 0);
    return (possible.find(([weight]) => (at -= weight) < 0) ?? possible.at(-1)!)[2];
  }

  async #create(): Promise<void> {
    const tag = `${this.name}-${(this.#made += 1)}`;
    const written: Written = {
      writer: this.name,
      listId: this.browser.listId,
      tag,
      description: `${tag} to do`,
      state: 'open',
      unknown: true,
    };
    this.written.push(written);
    const labelled = this.#category && this.#category.rests < performance.now() && this.#random.next() < 0.3;
    const known = await this.#send('/tasks', {
      description: written.description,
      formKey: randomUUID(),
      ...(labelled && { categoryIds: String(this.#category?.id) }),
    });
    this.#acknowledgedAt = performance.now();
    if (!this.#isDone(known, `making ${tag}`)) return;
    written.unknown = false;
    const row = (await this.#look()).open.find(({ description }) => description === written.description);
    if (row) this.#tasks.push({ written, id: row.id, textRevision: 1, completed: false, rests: restOf(known) });
    else this.#contradict(`that ${tag} is made, and a page loaded after it does not show it`);
  }

  async #edit(task: OwnTask): Promise<void> {
    const { written } = task;
    const description = `${written.tag} revised ${randomUUID().slice(0, 8)}`;
    const known = await this.#change(task, `/tasks/${task.id}`, {
      _method: 'PATCH',
      description,
      textRevision: String(task.textRevision),
    });
    if (!this.#isDone(known, `revising ${written.tag}`)) return;
    written.description = description;
    task.textRevision += 1;
  }

  async #set(task: OwnTask, state: Written['state']): Promise<void> {
    const { id, written } = task;
    const [path, method] = {
      done: [`/tasks/${id}/completion`, 'POST'],
      open: [`/tasks/${id}/completion`, 'DELETE'],
      trashed: [`/tasks/${id}`, 'DELETE'],
      purged: [`/trash/${id}`, 'DELETE'],
    }[state];
    const known = await this.#change(task, path!, { _method: method! });
    if (!this.#isDone(known, `making ${written.tag} ${state}`)) return;
    if (state === 'done' || state === 'open') task.completed = state === 'done';
    written.state = state;
    if (state === 'purged') this.#tasks.splice(this.#tasks.indexOf(task), 1);
  }

  async #restore(task: OwnTask): Promise<void> {
    const known = await this.#change(task, `/trash/${task.id}/restore`, {});
    if (this.#isDone(known, `restoring ${task.written.tag}`)) task.written.state = task.completed ? 'done' : 'open';
  }

  /** Creates, renames or deletes its category. */
  async #label(): Promise<void> {
    const name = `${this.name}-label-${(this.#made += 1)}`;
    const category = this.#category;
    const goes = category !== null && this.#random.next() < 0.3;
    const path = category ? `/categories/${category.id}` : '/categories';
    const known = await this.#send(
      path,
      goes ? { _method: 'DELETE' } : { name, color: 'teal', ...(category && { _method: 'PATCH' }) },
    );
    if (category && known?.unsure) category.rests = restOf(known);
    if (!this.#isDone(known, `the category ${name}`)) return;
    if (goes) this.#category = null;
    else if (!category) {
      const made = (await this.#look()).categories.find((one) => one.name.original === name);
      if (made) this.#category = { id: made.id, rests: restOf(known) };
      else this.#contradict(`that the category ${name} is made, and a page loaded after it does not know it`);
    }
  }

  async #change(task: OwnTask, path: string, form: Record<string, string>): Promise<Known | null> {
    task.written.unknown = true;
    const known = await this.#send(path, form);
    if (known) task.written.unknown = false;
    if (!known || known.unsure) task.rests = restOf(known);
    return known;
  }

  /** Whether it succeeded; for a request sent more than once, "not found" and "already exists" count as success. */
  #isDone(known: Known | null, what: string): known is Known {
    if (known === null) return false;
    if (known.status === 303 || (known.unsure && (known.status === 404 || known.status === 422))) return true;
    this.#contradict(`${known.status} of ${what}`);
    return false;
  }

  #contradict(what: string): void {
    this.contradictions.push(what);
  }

  #send(path: string, form: Record<string, string>): Promise<Known | null> {
    return sendUntilKnown('POST', path, { urls: this.#urls, browser: this.browser, agent: this.#agent, form });
  }

  async #look(): Promise<FirstLoad> {
    const page = await sendUntilKnown('GET', '/tasks', { urls: this.#urls, browser: this.browser, agent: this.#agent });
    if (page?.status !== 200) throw new Error(`the list was answered ${String(page?.status)}`);
    return readFirstLoad(page.text);
  }
}

const restOf = (known: Known | null): number => (known && !known.unsure ? 0 : performance.now() + REST_MS);
