import { createHash } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Sequelize } from 'sequelize';
import { canonicalEmail, emailKey } from '../../lib/email.ts';
import { RateLimitError } from '../../lib/errors.ts';
import { ipPrefix } from '../../lib/ip-prefix.ts';
import { recordAudit } from '../audit/commands.ts';
import { limits } from '../../shared/limits.ts';
import type { User } from '../user/user.ts';

interface Rule {
  name: string;
  /** Attempts in a window; where successes are not counted, failed ones. */
  attempts: number;
  /** Length of the window in seconds; it begins with the first attempt and is never extended. */
  seconds: number;
}

const QUARTER_HOUR = 15 * 60;
/** One client address, one account. */
const account: Rule = { name: 'account', attempts: 10, seconds: QUARTER_HOUR };
/** Any address, one account: far higher, so that one attacker cannot lock somebody out. */
const everywhere: Rule = { name: 'everywhere', attempts: 100, seconds: QUARTER_HOUR };
/** One address, any account; a whole office may share it. */
const address: Rule = { name: 'address', attempts: 50, seconds: QUARTER_HOUR };
const registration: Rule = { name: 'registration', attempts: 30, seconds: 4 * QUARTER_HOUR };
const password: Rule = { name: 'password', attempts: 10, seconds: QUARTER_HOUR };
const resetFrom: Rule = { name: 'reset from', attempts: 20, seconds: 4 * QUARTER_HOUR };
/** To one email address, with or without an account. */
const mailed: Rule = { name: 'mailed', attempts: 5, seconds: 4 * QUARTER_HOUR };
const emailChange: Rule = { name: 'email change', attempts: 10, seconds: 4 * QUARTER_HOUR };
const invitation: Rule = { name: 'invitation', attempts: 50, seconds: 4 * QUARTER_HOUR };
/** Audit entries about throttled sign-ins from one address, so that repeated attempts cannot fill the log. */
const audited: Rule = { name: 'audited', attempts: 10, seconds: QUARTER_HOUR };

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

  /** @param on false disables all limits, for benchmarks */
  constructor(sequelize: Sequelize, on: boolean) {
    this.#sequelize = sequelize;
    this.#on = on;
  }

  /** The first refused attempt is recorded. @param from the client's address @throws RateLimitError */
  signIn<T>(email: string, from: string | undefined, attempt: Attempt<T | null>): Promise<T | null> {
    const who = emailKey(email);
    return this.#count(
      [
        [account, who, ipPrefix(from)],
        [everywhere, who],
        [address, ipPrefix(from)],
      ],
      attempt,
      () => this.#recordFailedSignIn(email, from),
    );
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

  /** @param full called at the first refused attempt of a window */
  async #consume([rule, ...key]: Count, full?: () => Promise<void>): Promise<void> {
    if (!this.#on) return;
    try {
      await this.#limiter(rule).consume(keyOf(key));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      if (refusal.consumedPoints === rule.attempts + 1) await full?.();
      throw new RateLimitError(refusal.msBeforeNext / 1000);
    }
  }

  async #recordFailedSignIn(email: string, from: string | undefined): Promise<void> {
    const asked = await this.#limiter(audited)
      .consume(keyOf([ipPrefix(from)]))
      .catch((refusal: unknown) => refusal);
    if (asked instanceof RateLimiterRes && asked.consumedPoints <= audited.attempts)
      await recordFailedSignIn(email, null, 'throttled');
    else if (!(asked instanceof RateLimiterRes)) throw asked;
  }

  /** The right password clears the failures from the same address; attempts from elsewhere stay counted. */
  async #giveBack([rule, ...key]: Count): Promise<void> {
    if (!this.#on) return;
    if (rule === account) await this.#limiter(rule).delete(keyOf(key));
    else await this.#limiter(rule).reward(keyOf(key));
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

export type SignInFailure = 'unknown' | 'password' | 'disabled' | 'throttled';

/** One statement, whether or not there is an account, so that both take the same time. */
export function recordFailedSignIn(email: string, user: Pick<User, 'id'> | null, reason: SignInFailure): Promise<void> {
  const typed = user ? null : typedEmail(email);
  return recordAudit('sign_in_refused', {
    actorId: null,
    userId: user?.id ?? null,
    details: { reason, ...(typed !== null && { email: typed }) },
  });
}

/** Null unless it is an email address: people type passwords into this field too. */
function typedEmail(typed: string): string | null {
  return typed.length <= limits.email && canonicalEmail(typed) !== null ? emailKey(typed) : null;
}
