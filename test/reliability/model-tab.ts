/**
 * A tab without a browser: a socket.io client that loads the page's markup, updates its list with the browser code and
 * records everything it receives.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Step } from '../../src/browser/sync/positions.ts';
import type {
  CatchUpAnswer,
  ListEvent,
  Positions,
  ServerToTab,
  TabToServer,
  ConnectionError,
} from '../../src/shared/events.ts';
import type { TabRecord } from './evidence.ts';
import { formatRows, readFirstLoad } from './first-load.ts';
import { request, keepAlive } from './http.ts';
import { ModelPage } from './model-page.ts';
import type { Browser } from './people.ts';
import { emptyRecord, toSeenEvent, type Tab } from './tab.ts';

const TIMEOUT_MS = 8000;
const RETRY_MS = 500;

export class ModelTab implements Tab {
  readonly record: TabRecord;
  readonly browser: Browser;
  readonly url: string;
  /** The cookie at the time the tab was opened; its user may have signed in again since, as in another browser. */
  readonly #cookie: string;
  readonly #agent = keepAlive();
  readonly #unknownLists = new Set<string>();
  readonly #socket: Socket<ServerToTab, TabToServer>;
  #page: ModelPage | null = null;
  #connection = 0;
  #failures = 0;
  #reconnectWithinMs = 0;
  #closed = false;

  constructor(name: string, url: string, browser: Browser) {
    this.record = emptyRecord(name, browser.userId);
    this.browser = browser;
    this.url = url;
    this.#cookie = browser.cookie;
    this.#socket = io(url, {
      autoConnect: false,
      transports: ['websocket'],
      forceNew: true,
      timeout: TIMEOUT_MS,
      reconnection: false,
      extraHeaders: { origin: url, cookie: this.#cookie },
    });
    this.#socket.on('connect', () => {
      this.#connection += 1;
      this.#failures = 0;
      void this.#catchUp();
    });
    this.#socket.on('disconnect', () => {
      this.#page?.positions.failed();
      this.#connectLater();
    });
    this.#socket.on('connect_error', () => {
      this.#failures += 1;
      // A rejected handshake looks like a network error; an HTTP request distinguishes them.
      if (this.#failures > 1) void this.#list();
      this.#connectLater();
    });
    this.#socket.onAny((name: string, payload: unknown) => {
      this.#onEvent(name, payload);
    });
  }

  /** Loads the list and connects. */
  async open(): Promise<this> {
    this.#page = await this.#load();
    this.#socket.connect();
    return this;
  }

  positions(): Promise<Record<number, number>> {
    return Promise.resolve(this.#page?.versions ?? {});
  }

  async recordFinalState(): Promise<void> {
    const html = await this.#list();
    if (html === null || !this.#page) return;
    this.record.final = {
      positions: this.#page.versions,
      rows: this.#page.lines,
      freshRows: formatRows(readFirstLoad(html)),
    };
  }

  /** Closes its connection like a network failure. */
  cut(): void {
    if (this.#socket.connected) this.#socket.io.engine.close();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#socket.disconnect();
    this.#agent.destroy();
    return Promise.resolve();
  }

  #onEvent(name: string, payload: unknown): void {
    if (name === 'session_ended') this.#end();
    else if (name === 'access_changed') {
      // Events between two changes of access may be skipped.
      this.#connection += 1;
      void this.#reload();
    } else if (name === 'server_restarting') this.#reconnectWithinMs = (payload as { withinMs: number }).withinMs;
    else if (name === 'list_versions') {
      for (const [listId, { version }] of Object.entries(payload as Positions)) {
        this.record.received.push({ kind: 'announced', connection: this.#connection, listId: Number(listId), version });
      }
      this.#applyStep(this.#page?.positions.versions(payload as Positions));
    } else if (isListEvent(payload)) {
      const event = { name, payload } as ListEvent;
      this.record.received.push({ kind: 'event', connection: this.#connection, ...toSeenEvent(event) });
      this.#applyStep(this.#page?.positions.receive(event));
    }
  }

  async #catchUp(): Promise<void> {
    const page = this.#page;
    if (!page || page.catchingUp || !this.#socket.connected) return;
    page.catchingUp = true;
    // With a timeout the library's types lose the acknowledgement's arguments.
    const answer = await (
      this.#socket.timeout(TIMEOUT_MS).emitWithAck('catch_up', page.positions.ask()) as Promise<
        CatchUpAnswer | ConnectionError
      >
    ).catch(() => null);
    page.catchingUp = false;
    if (page !== this.#page || this.#closed) return;
    if (!answer || isError(answer)) {
      page.positions.failed();
      if (answer)
        setTimeout(
          () => {
            void this.#catchUp();
          },
          RETRY_MS * (2 + 2 * Math.random()),
        );
      // A connection left behind by a suspended process never answers.
      else this.cut();
      return;
    }
    for (const list of Object.values(answer)) {
      if ('events' in list)
        for (const event of list.events) this.record.received.push({ kind: 'caught_up', ...toSeenEvent(event) });
    }
    this.#applyStep(page.positions.answer(answer));
  }

  #applyStep(step: Step | undefined): void {
    for (const event of step?.apply ?? []) {
      this.record.shown.push({ kind: 'apply', listId: event.payload.list.id, version: event.payload.list.version });
      this.#page?.apply(event);
    }
    if (step?.reset) void this.#reload();
    else if (this.#page?.positions.behind) void this.#catchUp();
  }

  async #reload(): Promise<void> {
    this.#page = await this.#load();
    await this.#catchUp();
  }

  /** The list as the server renders it now, with retries. */
  async #load(): Promise<ModelPage | null> {
    while (!this.#closed) {
      const html = await this.#list();
      if (html !== null) {
        const page = new ModelPage(html, this.#unknownLists, this.browser.timeZone);
        this.record.shown.push({ kind: 'load', positions: page.versions });
        return page;
      }
      await sleep(RETRY_MS * (1 + Math.random()));
    }
    return this.#page;
  }

  /** @returns null if the server does not send it now */
  async #list(): Promise<string | null> {
    const answer = await request('GET', `${this.url}/tasks`, { cookie: this.#cookie, agent: this.#agent }).catch(
      () => null,
    );
    if (answer?.location?.startsWith('/login')) this.#end();
    return answer?.status === 200 ? answer.text : null;
  }

  #connectLater(): void {
    const pause =
      this.#reconnectWithinMs * Math.random() || RETRY_MS * (0.5 + Math.random()) * 2 ** Math.min(this.#failures, 3);
    this.#reconnectWithinMs = 0;
    setTimeout(() => {
      if (!this.#closed && !this.#socket.connected) this.#socket.connect();
    }, pause);
  }

  /** Does not disconnect: that is up to the server, and anything that still arrives is recorded. */
  #end(): void {
    this.record.open = false;
    this.#closed = true;
  }
}

const isListEvent = (payload: unknown): boolean => typeof payload === 'object' && payload !== null && 'list' in payload;
const isError = (answer: CatchUpAnswer | ConnectionError): answer is ConnectionError =>
  typeof answer.error === 'string';
