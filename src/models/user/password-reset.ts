import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { NotFoundError } from '../../lib/errors.ts';
import { hashPassword } from '../../lib/password.ts';
import { sql } from '../../database/sql.ts';
import { digestOf, randomToken } from '../../lib/random-token.ts';
import { note } from '../audit/record.ts';
import { type Letter, Mail } from '../mail/mail.ts';
import { checkPassword } from './password-rules.ts';
import { unitOfWork } from '../../database/transaction.ts';
import { User } from './user.ts';

const MINUTES = 10;

/** Writes the mail with the secret of a link, in the language of whoever gets it; null where there is nobody. */
export type WriteReset = (secret: string, locale: string | null) => Omit<Letter, 'to' | 'expiresAt'>;

/** Lets whoever reads a person's mail choose a new password, once. A later one, or a changed password, ends it. */
export class PasswordReset extends Model<InferAttributes<PasswordReset>, InferCreationAttributes<PasswordReset>> {
  declare userId: number;
  declare digest: Buffer;
  declare expiresAt: Date;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    PasswordReset.init(
      {
        userId: { type: DataTypes.INTEGER, primaryKey: true },
        digest: { type: DataTypes.BLOB, allowNull: false },
        expiresAt: { type: DataTypes.DATE, allowNull: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'password_resets' },
    );
  }

  /**
   * Mails a link to whoever has this address. For one that nobody has the same is done and takes as long: a mail is
   * written and stored, which is over at once.
   */
  static async ask(email: string, write: WriteReset): Promise<void> {
    const found = await User.findByEmail(email);
    const user = found?.disabled ? null : found;
    const secret = randomToken();
    // Long over also by the database's clock, if this one is ahead: nobody is to get this mail.
    const expiresAt = new Date(user ? Date.now() + MINUTES * 60_000 : 0);
    const letter = { ...write(secret, user?.locale ?? null), to: user?.email ?? email, expiresAt };
    await unitOfWork(null, async () => {
      await sql(ASK, [user?.id ?? null, digestOf(secret), expiresAt, email]);
      await Mail.queue(letter);
      await note('password_reset_asked', {
        actorId: null,
        userId: user?.id ?? null,
        details: { email: email.toLowerCase() },
      });
    });
  }

  /** The account that a link opens. @throws NotFoundError where it opens none, or none any more */
  static async accountBehind(secret: string): Promise<User> {
    const [row] = await sql<{ userId: number }>(BEHIND, [digestOf(secret)]);
    const user = row && (await User.findByPk(row.userId));
    if (!user) throw over();
    return user;
  }

  /**
   * Sets a new password and ends every session. Hashing comes before the unit of work, as everywhere.
   * @throws ValidationError for a password that is easily guessed, NotFoundError where the link was used meanwhile
   */
  static async complete(secret: string, password: string): Promise<void> {
    const user = await PasswordReset.accountBehind(secret);
    checkPassword(password, user, 'newPassword');
    const passwordDigest = await hashPassword(password);
    await unitOfWork(user.id, async (transaction) => {
      await user.reload({ lock: transaction.LOCK.NO_KEY_UPDATE });
      const used = await sql(USE, [digestOf(secret)]);
      if (used.length === 0 || user.disabled) throw over();
      await user.replacePassword(passwordDigest);
      await note('password_reset', { actorId: user.id, userId: user.id });
    });
  }
}

const over = (): NotFoundError => new NotFoundError('errors.resetOver');

/** FOR SHARE: it waits for whoever is changing the address, whose old one gets no link that works. */
const ASK = `
  INSERT INTO password_resets (user_id, digest, expires_at) SELECT id, $2, $3 FROM users WHERE id = $1 AND NOT disabled AND lower(email) = lower($4) FOR SHARE
  ON CONFLICT (user_id) DO UPDATE SET digest = excluded.digest, expires_at = excluded.expires_at, created_at = now(), updated_at = now()`;
const BEHIND = `
  SELECT r.user_id AS "userId" FROM password_resets r JOIN users u ON u.id = r.user_id
  WHERE r.digest = $1 AND r.expires_at > now() AND NOT u.disabled`;
const USE = 'DELETE FROM password_resets WHERE digest = $1 AND expires_at > now() RETURNING user_id';
