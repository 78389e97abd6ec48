import {
  DataTypes,
  Model,
  UniqueConstraintError,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { NotFoundError, ValidationError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { digestOf, randomToken } from '../../lib/random-token.ts';
import { note } from '../audit/record.ts';
import { checkCurrentPassword, wrongPassword } from './current-password.ts';
import { type Letter, Mail } from '../mail/mail.ts';
import { User } from './user.ts';
import type { Viewer } from '../../database/visible-lists.ts';

const DAY = 24 * 60 * 60 * 1000;
/** How long the old address is told of its change: news, not a secret. */
const NEWS = 3 * DAY;

/** A new email address that waits for whoever reads it to confirm it. */
export class EmailChange extends Model<InferAttributes<EmailChange>, InferCreationAttributes<EmailChange>> {
  declare userId: number;
  declare email: string;
  declare digest: Buffer;
  declare expiresAt: Date;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    EmailChange.init(
      {
        userId: { type: DataTypes.INTEGER, primaryKey: true },
        email: { type: DataTypes.TEXT, allowNull: false },
        digest: { type: DataTypes.BLOB, allowNull: false },
        expiresAt: { type: DataTypes.DATE, allowNull: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'email_changes' },
    );
  }

  /**
   * Mails a confirmation to the new address. For one that somebody has already the answer is the same, but no mail
   * is sent.
   * @throws ValidationError for a wrong password, or the address that the viewer has
   */
  static async ask(
    viewer: Viewer,
    email: string,
    password: string,
    write: (secret: string) => Omit<Letter, 'to' | 'expiresAt'>,
  ): Promise<void> {
    const checked = await checkCurrentPassword(await User.of(viewer), password);
    if (email.toLowerCase() === viewer.email.toLowerCase())
      throw new ValidationError({ path: 'email', message: 'errors.emailSame' });
    const taken = (await User.findByEmail(email)) !== null;
    const secret = randomToken();
    const expiresAt = new Date(Date.now() + DAY);
    await User.whileLocked(viewer, async ({ passwordDigest }) => {
      if (passwordDigest !== checked) throw wrongPassword();
      await sql(ASK, [viewer.id, email, digestOf(secret), expiresAt]);
      // Long over also by the database's clock, if this one is ahead: nobody is to get that mail.
      await Mail.queue({
        ...write(secret),
        to: email,
        expiresAt: taken ? new Date(0) : expiresAt,
      });
    });
  }

  /** The address that the viewer has asked for and not confirmed yet. */
  static async waiting(viewer: Viewer): Promise<string | null> {
    const [row] = await sql<{ email: string }>(WAITING, [viewer.id]);
    return row?.email ?? null;
  }

  /** The address that a link of the viewer confirms. @throws NotFoundError where it is none of theirs, or over */
  static async behind(viewer: Viewer, secret: string): Promise<string> {
    const [row] = await sql<{ email: string }>(BEHIND, [viewer.id, digestOf(secret)]);
    if (!row) throw over();
    return row.email;
  }

  /**
   * The viewer, who must be signed in, has the new address from now on; the old one is told.
   * @throws NotFoundError where the link was used meanwhile, ValidationError where somebody else has the address by now
   */
  static async confirm(
    viewer: Viewer,
    secret: string,
    write: (email: string) => Omit<Letter, 'to' | 'expiresAt'>,
  ): Promise<void> {
    await takenIsSaid(() =>
      User.whileLocked(viewer, async (user) => {
        const email = await EmailChange.behind(viewer, secret);
        await Mail.queue({
          ...write(email),
          to: user.email,
          expiresAt: new Date(Date.now() + NEWS),
        });
        await note('email_changed', {
          actorId: viewer.id,
          userId: viewer.id,
          details: { from: user.email.toLowerCase(), email: email.toLowerCase() },
        });
        // A trigger removes what waits, with whatever changes an address.
        await user.update({ email });
      }),
    );
  }
}

const over = (): NotFoundError => new NotFoundError('errors.emailChangeOver');

async function takenIsSaid(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UniqueConstraintError) throw new ValidationError({ path: '', message: 'errors.emailTaken' });
    throw error;
  }
}

const ASK = `
  INSERT INTO email_changes (user_id, email, digest, expires_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, digest = excluded.digest, expires_at = excluded.expires_at, created_at = now(), updated_at = now()`;
const WAITING = 'SELECT email FROM email_changes WHERE user_id = $1 AND expires_at > now()';
const BEHIND = 'SELECT email FROM email_changes WHERE user_id = $1 AND digest = $2 AND expires_at > now()';
