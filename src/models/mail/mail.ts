import {
  DataTypes,
  Model,
  Op,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { sql } from '../../database/sql.ts';
import { afterCommit } from '../../database/transaction.ts';
import { announce } from '../../events/index.ts';

/** What is to be mailed. */
export interface Letter {
  to: string;
  subject: string;
  /** Without the link, which comes last. */
  text: string;
  /** A path of ours, with its secret; the address in front of it is the settings', never a request's. */
  link?: string | null;
  /** When it is no use any more. */
  expiresAt: Date;
}

/** A mail that whoever has it may send now. */
export interface ClaimedMail {
  id: number;
  recipient: string;
  subject: string;
  text: string;
  link: string | null;
  /** This one included. */
  attempts: number;
  createdAt: Date;
}

/**
 * The queue of mails. Whoever sends one has it for as long as the lease lasts, so that no transaction waits for a
 * mail server. It is sent once, but where the mail server's answer, or the note of it, is lost: then it is sent
 * again, under the same Message-ID.
 */
export class Mail extends Model<InferAttributes<Mail>, InferCreationAttributes<Mail>> {
  declare id: CreationOptional<number>;
  declare recipient: string;
  declare subject: string;
  /** Null once it is sent, refused for good or over: it holds secrets. */
  declare text: string | null;
  declare link: string | null;
  declare expiresAt: Date;
  declare attempts: CreationOptional<number>;
  declare nextAttemptAt: CreationOptional<Date>;
  declare claimedUntil: CreationOptional<Date | null>;
  declare sentAt: CreationOptional<Date | null>;
  /** What the mail server said last, or why it could not be asked. */
  declare lastError: CreationOptional<string | null>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Mail.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        recipient: { type: DataTypes.TEXT, allowNull: false },
        subject: { type: DataTypes.TEXT, allowNull: false },
        text: DataTypes.TEXT,
        link: DataTypes.TEXT,
        expiresAt: { type: DataTypes.DATE, allowNull: false },
        attempts: { type: DataTypes.INTEGER, defaultValue: 0 },
        nextAttemptAt: DataTypes.DATE,
        claimedUntil: DataTypes.DATE,
        sentAt: DataTypes.DATE,
        lastError: DataTypes.TEXT,
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'mails' },
    );
  }

  /** In the unit of work of what it tells: both are stored, or neither. */
  static async queue({ to, subject, text, link = null, expiresAt }: Letter): Promise<void> {
    await Mail.create({ recipient: to, subject, text, link, expiresAt });
    afterCommit(() => {
      announce('mail_queued');
    });
  }

  /** The mail that has waited longest, for two minutes nobody else's. @returns null where none is to be sent now */
  static async claim(): Promise<ClaimedMail | null> {
    const [mail] = await sql<ClaimedMail>(CLAIM, []);
    return mail ?? null;
  }

  static async markSent({ id }: ClaimedMail): Promise<void> {
    await sql(`UPDATE mails SET ${OVER}, sent_at = now(), last_error = NULL WHERE id = $1`, [id]);
  }

  /** The mail server will never take it. */
  static async markRejected({ id, attempts }: ClaimedMail, why: string): Promise<void> {
    await sql(`UPDATE mails SET ${OVER}, last_error = $3 WHERE ${MINE}`, [id, attempts, why]);
  }

  /** It is tried again after 5 s, then after three times as long each time, at most an hour, each a quarter more or less. */
  static async markFailed({ id, attempts }: ClaimedMail, why: string): Promise<void> {
    await sql(FAILED, [id, attempts, why]);
  }

  /** It has been shown instead of sent, and waits on the administrators' page. */
  static async markDisplayed({ id, attempts }: ClaimedMail): Promise<void> {
    await sql(`UPDATE mails SET claimed_until = NULL, next_attempt_at = expires_at WHERE ${MINE}`, [id, attempts]);
  }

  /** Clears the texts of mails that are over, and removes mails after a month. @returns how many, at most 1,000 of each */
  static async tidy(): Promise<number> {
    const cleared = await sql(CLEAR, []);
    const removed = await sql(REMOVE, []);
    return cleared.length + removed.length;
  }

  /** What waits, and what was refused in the last month, newest first. */
  static unsent(limit: number): Promise<Mail[]> {
    const waits = { text: { [Op.ne]: null }, expiresAt: { [Op.gt]: new Date() } };
    const refused = { text: null, sentAt: null, lastError: { [Op.ne]: null } };
    return Mail.findAll({
      where: { [Op.or]: [waits, refused] },
      order: [
        ['createdAt', 'DESC'],
        ['id', 'DESC'],
      ],
      limit,
    });
  }

  /** Never with what it says. */
  override toJSON(): object {
    const { text: _, link: __, ...shown } = this.get({ plain: true });
    return shown;
  }
}

/** @returns milliseconds until a mail is to be sent; null if none is waiting */
export async function nextMailAttempt(): Promise<number | null> {
  const [next] = await sql<{ ms: number | null }>(NEXT_ATTEMPT);
  return next?.ms ?? null;
}

const NEXT_ATTEMPT = `
  SELECT (extract(epoch FROM min(greatest(next_attempt_at, claimed_until)) - clock_timestamp()) * 1000)::float8 AS ms
  FROM mails WHERE text IS NOT NULL AND expires_at > greatest(now(), next_attempt_at)`;

const OVER = 'text = NULL, link = NULL, claimed_until = NULL, updated_at = now()';
/** Whoever has let the lease run out notes nothing about what another does by now. */
const MINE = 'id = $1 AND attempts = $2 AND sent_at IS NULL';

const CLAIM = `
  UPDATE mails SET claimed_until = now() + interval '2 minutes', attempts = attempts + 1, updated_at = now() WHERE id = (
    SELECT id FROM mails
    WHERE text IS NOT NULL AND next_attempt_at <= now() AND expires_at > now() AND coalesce(claimed_until <= now(), true)
    ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
  ) RETURNING id, recipient, subject, text, link, attempts, created_at AS "createdAt"`;

const FAILED = `
  UPDATE mails SET claimed_until = NULL, last_error = $3, updated_at = now(),
    next_attempt_at = now() + make_interval(secs => least(3600, 5 * power(3, least(attempts, 10) - 1)) * (0.75 + random() / 2))
  WHERE ${MINE}`;

const CLEAR = `
  UPDATE mails SET ${OVER} WHERE id IN (
    SELECT id FROM mails WHERE text IS NOT NULL AND expires_at <= now() ORDER BY next_attempt_at LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) RETURNING id`;
const REMOVE = `
  DELETE FROM mails WHERE id IN (
    SELECT id FROM mails WHERE created_at <= now() - interval '30 days' AND expires_at <= now() ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) RETURNING id`;
