import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Written } from './evidence.ts';
import { readFirstLoad, type FirstLoad } from './first-load.ts';
import { keepAlive } from './http.ts';
import type { Browser } from './people.ts';
import type { Random } from './random.ts';
import { sendUntilAnswered, type Outcome } from './retry.ts';

interface OwnTask {
  written: Written;
  id: number;
  textRevision: number;
  completed: boolean;
  /** Not changed before this time: a suspended process may still execute a request that has timed out. */
  unsettledUntil: number;
}

interface OwnCategory {
  id: number;
  unsettledUntil: number;
}

/** Longer than any suspension. */
const SETTLE_MS = 30_000;
const PAUSE_MS = { from: 40, to: 120 };
/** Keeps the tasks of a list's three writers within its first page. */
const MAX_TASKS = { open: 14, done: 6 };

/** Changes its own tasks through the page's forms and records what was acknowledged. */
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
  #created = 0;
  #acknowledgedAt = 0;
  #stopping = false;
  #running: Promise<void> | null = null;

  /** @param urls the servers' addresses, the preferred one first */
  constructor(name: string, browser: Browser, urls: string[], random: Random) {
    this.name = name;
    this.browser = browser;
    this.#urls = urls;
    this.#random = random;
  }

  start(): void {
    this.#stopping = false;
    this.#running = this.#run();
  }

  /** Resolves when the outcome of the last request is outcome. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Creates one task. @returns when it was acknowledged, by `performance.now()` */
  async writeOne(): Promise<number> {
    await this.#create();
    return this.#acknowledgedAt;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#chooseAction()();
      await sleep(this.#random.between(PAUSE_MS.from, PAUSE_MS.to));
    }
  }

  /** @returns a random action that is currently possible */
  #chooseAction(): () => Promise<void> {
    const free = this.#tasks.filter(({ unsettledUntil }) => unsettledUntil < performance.now());
    const inState = (state: Written['state']): OwnTask[] => free.filter(({ written }) => written.state === state);
    const hasRoom = (state: 'open' | 'done'): boolean =>
      this.#tasks.filter(({ written }) => written.state === state).length < MAX_TASKS[state];
    const [open, done, trashed] = [inState('open'), inState('done'), inState('trashed')];
    const choices: [weight: number, possible: boolean, work: () => Promise<void>][] = [
      [30, hasRoom('open'), () => this.#create()],
      [20, open.length > 0, () => this.#edit(this.#random.pick(open))],
      [16, open.length > 0 && hasRoom('done'), () => this.#set(this.#random.pick(open), 'done')],
      [8, done.length > 0 && hasRoom('open'), () => this.#set(this.#random.pick(done), 'open')],
      [16, open.length + done.length > 4, () => this.#set(this.#random.pick([...open, ...done]), 'trashed')],
      [5, trashed.length > 0 && hasRoom('open') && hasRoom('done'), () => this.#restore(this.#random.pick(trashed))],
      [8, trashed.length > 0, () => this.#set(this.#random.pick(trashed), 'purged')],
      [4, this.#category === null || this.#category.unsettledUntil < performance.now(), () => this.#changeCategory()],
      [1, true, () => Promise.resolve()],
    ];
    const possible = choices.filter(([, isPossible]) => isPossible);
    let at = this.#random.next() * possible.reduce((sum, [weight]) => sum + weight, 0);
    return (possible.find(([weight]) => (at -= weight) < 0) ?? possible.at(-1)!)[2];
  }

  async #create(): Promise<void> {
    const tag = `${this.name}-${(this.#created += 1)}`;
    const written: Written = {
      writer: this.name,
      listId: this.browser.listId,
      tag,
      description: `${tag} to do`,
      state: 'open',
      unknown: true,
    };
    this.written.push(written);
    const withCategory =
      this.#category && this.#category.unsettledUntil < performance.now() && this.#random.next() < 0.3;
    const outcome = await this.#send('/tasks', {
      description: written.description,
      formKey: randomUUID(),
      ...(withCategory && { categoryIds: String(this.#category?.id) }),
    });
    this.#acknowledgedAt = performance.now();
    if (!this.#succeeded(outcome, `creating ${tag}`)) return;
    written.unknown = false;
    const row = (await this.#loadList()).open.find(({ description }) => description === written.description);
    if (row)
      this.#tasks.push({
        written,
        id: row.id,
        textRevision: 1,
        completed: false,
        unsettledUntil: settledAfter(outcome),
      });
    else this.#contradict(`success creating ${tag}, but a page loaded afterwards does not show it`);
  }

  async #edit(task: OwnTask): Promise<void> {
    const { written } = task;
    const description = `${written.tag} revised ${randomUUID().slice(0, 8)}`;
    const outcome = await this.#change(task, `/tasks/${task.id}`, {
      _method: 'PATCH',
      description,
      textRevision: String(task.textRevision),
    });
    if (!this.#succeeded(outcome, `editing ${written.tag}`)) return;
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
    const outcome = await this.#change(task, path!, { _method: method! });
    if (!this.#succeeded(outcome, `changing ${written.tag} to ${state}`)) return;
    if (state === 'done' || state === 'open') task.completed = state === 'done';
    written.state = state;
    if (state === 'purged') this.#tasks.splice(this.#tasks.indexOf(task), 1);
  }

  async #restore(task: OwnTask): Promise<void> {
    const outcome = await this.#change(task, `/trash/${task.id}/restore`, {});
    if (this.#succeeded(outcome, `restoring ${task.written.tag}`))
      task.written.state = task.completed ? 'done' : 'open';
  }

  /** Creates, renames or deletes its category. */
  async #changeCategory(): Promise<void> {
    const name = `${this.name}-category-${(this.#created += 1)}`;
    const category = this.#category;
    const deletes = category !== null && this.#random.next() < 0.3;
    const path = category ? `/categories/${category.id}` : '/categories';
    const outcome = await this.#send(
      path,
      deletes ? { _method: 'DELETE' } : { name, color: 'teal', ...(category && { _method: 'PATCH' }) },
    );
    if (category && outcome?.retried) category.unsettledUntil = settledAfter(outcome);
    if (!this.#succeeded(outcome, `changing category ${name}`)) return;
    if (deletes) this.#category = null;
    else if (!category) {
      const created = (await this.#loadList()).categories.find((one) => one.name.original === name);
      if (created) this.#category = { id: created.id, unsettledUntil: settledAfter(outcome) };
      else this.#contradict(`success creating category ${name}, but a page loaded afterwards does not contain it`);
    }
  }

  async #change(task: OwnTask, path: string, form: Record<string, string>): Promise<Outcome | null> {
    task.written.unknown = true;
    const outcome = await this.#send(path, form);
    if (outcome) task.written.unknown = false;
    if (!outcome || outcome.retried) task.unsettledUntil = settledAfter(outcome);
    return outcome;
  }

  /** Whether it succeeded; for a request sent more than once, "not found" and "already exists" count as success. */
  #succeeded(outcome: Outcome | null, what: string): outcome is Outcome {
    if (outcome === null) return false;
    if (outcome.status === 303 || (outcome.retried && (outcome.status === 404 || outcome.status === 422))) return true;
    this.#contradict(`${outcome.status} for ${what}${errorsIn(outcome.text)}`);
    return false;
  }

  #contradict(what: string): void {
    this.contradictions.push(what);
  }

  #send(path: string, form: Record<string, string>): Promise<Outcome | null> {
    return sendUntilAnswered('POST', path, { urls: this.#urls, browser: this.browser, agent: this.#agent, form });
  }

  async #loadList(): Promise<FirstLoad> {
    const page = await sendUntilAnswered('GET', '/tasks', {
      urls: this.#urls,
      browser: this.browser,
      agent: this.#agent,
    });
    if (page?.status !== 200) throw new Error(`the list responded with ${String(page?.status)}`);
    return readFirstLoad(page.text);
  }
}

/** What a refused form says. */
function errorsIn(page: string): string {
  const messages = [...page.matchAll(/(?:class="wrong"[^>]*>|role="alert"><p>)([^<]*)</g)].map(([, text]) => text);
  return messages.length > 0 ? ` (${messages.join(' ')})` : '';
}

const settledAfter = (outcome: Outcome | null): number =>
  outcome && !outcome.retried ? 0 : performance.now() + SETTLE_MS;
