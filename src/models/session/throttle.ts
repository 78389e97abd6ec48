import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Sequelize } from 'sequelize';
import { emailKey } from '../../lib/email.ts';
import { RateLimitError } from '../../lib/errors.ts';
import { FairQueue, unlimited } from '../../lib/fair-queue.ts';
import { SharedRate } from '../../lib/shared-rate.ts';
import { ipPrefix } from '../../lib/ip-prefix.ts';
import { recordAudit } from '../audit/commands.ts';
import { hasSignedInFrom, recordFailedSignIn } from './sign-ins.ts';

interface Rule {
  name: string;
  /** Attempts in a window; where successes are not counted, failed ones. */
  attempts: number;
  /** Length of the window in seconds; it begins with the first attempt and is never extended. */
  seconds: number;
}

const QUARTER_HOUR = 15 * 60;
/** One account from one network. */
const account: Rule = { name: 'account', attempts: 10, seconds: QUARTER_HOUR };
/** One account from all networks that it has not signed in from; after these, strangers to the account take turns. */
const everywhere: Rule = { name: 'everywhere', attempts: 100, seconds: QUARTER_HOUR };
/** One network, which a whole office may share; after these, strangers to an account take turns. */
const address: Rule = { name: 'address', attempts: 50, seconds: QUARTER_HOUR };
/** One attempt at a time of those who take turns: on an account, or from a network. */
const turn: Rule = { name: 'turn', attempts: 1, seconds: 5 };
/** How many wait for their turn in this process, which takes seconds; others are asked to come back. */
const WAITING = 2;
/** How often each of them looks, in a second. */
const LOOKS = 3;
/** Statements on one row that wait in this process. */
const AT_ONE_ROW = 100;
const registration: Rule = { name: 'registration', attempts: 30, seconds: 4 * QUARTER_HOUR };
const password: Rule = { name: 'password', attempts: 10, seconds: QUARTER_HOUR };
const resetFrom: Rule = { name: 'reset from', attempts: 20, seconds: 4 * QUARTER_HOUR };
/** To one email address, with or without an account. */
const mailed: Rule = { name: 'mailed', attempts: 5, seconds: 4 * QUARTER_HOUR };
const emailChange: Rule = { name: 'email change', attempts: 10, seconds: 4 * QUARTER_HOUR };
const invitation: Rule = { name: 'invitation', attempts: 50, seconds: 4 * QUARTER_HOUR };
/** Audit entries about throttled sign-ins from one address, so that repeated attempts cannot fill the log. */
const audited: Rule = { name: 'audited', attempts: 10, seconds: QUARTER_HOUR };

/** All requests of a person, wherever they come from, or of a network that has no account. */
const apiRequests: Rule = { name: 'api requests', attempts: 600, seconds: 60 };
const pageRequests: Rule = { name: 'page requests', attempts: 3000, seconds: 60 };

type Count = [rule: Rule, ...key: string[]];
type Attempt<T> = () => Promise<T>;

/**
 * Counts attempts in the database, for all processes together. Where a password is checked, successes are not counted;
 * where mails, accounts or links are created, every attempt is. If the database fails, so does the attempt.
 */
export class Throttle {
  readonly #sequelize: Sequelize;
  readonly #on: boolean;
  readonly #limiters = new Map<Rule, RateLimiterPostgres>();
  readonly #waiting = new Map<string, number>();
  readonly #rows = new FairQueue(
    () => unlimited,
    AT_ONE_ROW,
    () => new RateLimitError(turn.seconds),
  );
  /** Null where limits are off. */
  readonly apiRequests: SharedRate | null;
  readonly pageRequests: SharedRate | null;

  /** @param on false disables all limits, for benchmarks */
  constructor(sequelize: Sequelize, on: boolean) {
    this.#sequelize = sequelize;
    this.#on = on;
    this.apiRequests = on ? new SharedRate(this.#limiter(apiRequests)) : null;
    this.pageRequests = on ? new SharedRate(this.#limiter(pageRequests)) : null;
  }

  /**
   * Networks from which the account has signed in before have a count of their own, so that neither attempts from
   * elsewhere nor guesses at other accounts from there keep its owner out. Others are slowed down once there are too
   * many.
   * The first attempt over a limit is recorded.
   * @param from the client's address @throws RateLimitError
   */
  async signIn<T>(email: string, from: string | undefined, attempt: Attempt<T | null>): Promise<T | null> {
    if (!this.#on) return attempt();
    const [who, network] = [emailKey(email), ipPrefix(from)];
    const full = () => this.#recordFailedSignIn(email, from);
    return this.#count([[account, who, network]], () => this.#amongOthers(who, network, attempt, full), full);
  }

  async #amongOthers<T>(
    who: string,
    network: string,
    attempt: Attempt<T | null>,
    full: () => Promise<void>,
  ): Promise<T | null> {
    const isKnown = await hasSignedInFrom(who, network);
    const counts: Count[] = [
      [everywhere, who],
      [address, network],
    ];
    for (const count of counts) if ((await this.#isOver(count, full)) && !isKnown) await this.#takeTurn(count);
    const result = await attempt();
    if (result !== null) for (const count of counts) await this.#giveBack(count);
    return result;
  }

  /** Actions confirmed with the password; the first refused attempt is recorded. @throws RateLimitError */
  async password<T>(userId: number, attempt: Attempt<T>): Promise<T> {
    const count: Count = [password, String(userId)];
    const recordOnce = () =>
      recordAudit('password_refused', { actorId: userId, userId, details: { reason: 'throttled' } });
    return (await this.#count([count], async () => ({ result: await attempt() }), recordOnce)).result;
  }

  /**
   * Like `password`, and every attempt counts: each may send a mail to an address of the viewer's choice. @throws
   * RateLimitError
   */
  async changeEmail(userId: number, attempt: Attempt<void>): Promise<void> {
    await this.#consume([emailChange, String(userId)]);
    await this.password(userId, attempt);
  }

  /** Every attempt counts: each tells whether an email address is taken. @throws RateLimitError */
  async register<T>(from: string | undefined, attempt: Attempt<T>): Promise<T> {
    await this.#consume([registration, ipPrefix(from)]);
    return attempt();
  }

  /** Like `register`, and each may send a mail. @throws RateLimitError */
  async mailRegistration(email: string, from: string | undefined, attempt: Attempt<void>): Promise<void> {
    await this.#consume([mailed, emailKey(email)]);
    await this.register(from, attempt);
  }

  /** Every attempt counts: each may send a mail. @throws RateLimitError */
  async resetPassword(email: string, from: string | undefined, attempt: Attempt<void>): Promise<void> {
    await this.#consume([resetFrom, ipPrefix(from)]);
    await this.#consume([mailed, emailKey(email)]);
    await attempt();
  }

  /**
   * Every attempt counts: each sends a mail to an address of the viewer's choice, or is a link that stays open for
   * days. @throws RateLimitError
   */
  async invite<T>(userId: number, attempt: Attempt<T>): Promise<T> {
    await this.#consume([invitation, String(userId)]);
    return attempt();
  }

  /** Null is a failure. Counted before the attempt, so that a hundred at once are not all let through. */
  async #count<T>(counts: Count[], attempt: Attempt<T>, full?: () => Promise<void>): Promise<T> {
    for (const count of counts) await this.#consume(count, full);
    const result = await attempt();
    if (result !== null) for (const count of counts) await this.#giveBack(count);
    return result;
  }

  async #consume(count: Count, full?: () => Promise<void>): Promise<void> {
    const refusal = await this.#isOver(count, full);
    if (refusal) throw new RateLimitError(refusal.msBeforeNext / 1000);
  }

  /** Counts an attempt. @param full called at the first attempt over the limit of a window @returns null within it */
  async #isOver([rule, ...key]: Count, full?: () => Promise<void>): Promise<RateLimiterRes | null> {
    if (!this.#on) return null;
    try {
      await this.#onRow(rule, key, (limiter, row) => limiter.consume(row));
      return null;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      if (refusal.consumedPoints === rule.attempts + 1) await full?.();
      return refusal;
    }
  }

  /** Waits until the next attempt is let through, for all processes together. @throws RateLimitError */
  async #takeTurn([rule, ...key]: Count): Promise<void> {
    const place = keyOf([rule.name, ...key]);
    const waiting = this.#waiting.get(place) ?? 0;
    const comeBack = new RateLimitError(turn.seconds * (WAITING + 1));
    if (waiting >= WAITING) throw comeBack;
    this.#waiting.set(place, waiting + 1);
    try {
      for (let looks = 0; looks <= WAITING * turn.seconds * LOOKS; looks += 1) {
        if (!(await this.#isOver([turn, place]))) return;
        // At random, so that no process is always first.
        await sleep((1000 / LOOKS) * (0.5 + Math.random()));
      }
      throw comeBack;
    } finally {
      const left = (this.#waiting.get(place) ?? 1) - 1;
      if (left > 0) this.#waiting.set(place, left);
      else this.#waiting.delete(place);
    }
  }

  async #recordFailedSignIn(email: string, from: string | undefined): Promise<void> {
    const isFull = await this.#isOver([audited, ipPrefix(from)]);
    if (!isFull) await recordFailedSignIn(email, null, 'throttled');
  }

  /** The right password clears the failures from the same address; attempts from elsewhere stay counted. */
  async #giveBack([rule, ...key]: Count): Promise<void> {
    if (!this.#on) return;
    await this.#onRow<unknown>(rule, key, (limiter, row) =>
      rule === account ? limiter.delete(row) : limiter.reward(row),
    );
  }

  /**
   * Statements on one row take turns here, before they take a connection: a network that is counted a hundred times at
   * once would hold all of the pool's, each waiting for the lock of the one before.
   */
  #onRow<T>(rule: Rule, key: string[], work: (limiter: RateLimiterPostgres, row: string) => Promise<T>): Promise<T> {
    const row = keyOf(key);
    return this.#rows.run(`${rule.name} ${row}`, () => work(this.#limiter(rule), row));
  }

  /** Created at first use: it starts a timer that deletes expired rows. */
  #limiter(rule: Rule): RateLimiterPostgres {
    const { name, attempts: points, seconds: duration } = rule;
    const limiter =
      this.#limiters.get(rule) ??
      new RateLimiterPostgres({
        storeClient: this.#sequelize,
        tableName: 'throttles',
        tableCreated: true,
        keyPrefix: name,
        points,
        duration,
        clearExpiredByTimeout: rule === address,
      });
    this.#limiters.set(rule, limiter);
    return limiter;
  }
}

/** Hashed: of one length, and no email address is stored. */
const keyOf = (key: string[]): string => createHash('sha256').update(key.join('\n')).digest('base64url');
