import {
  DataTypes,
  Model,
  col,
  fn,
  where,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type LOCK,
  type Sequelize,
} from 'sequelize';
import type { Cursor } from '../../database/cursor.ts';
import { isBadValue } from '../../database/errors.ts';
import { AccountDisabledError, NotFoundError, ValidationError } from '../../lib/errors.ts';
import { verifyPassword } from '../../lib/password.ts';
import { sql } from '../../database/sql.ts';
import type { Invitation } from '../team/invitation.ts';
import {
  checkRegistrationIsOpen,
  registerUser,
  rulesFor,
  type Registration,
  type RegistrationRules,
} from './registration.ts';
import { recordFailedSignIn } from '../session/failed-sign-in.ts';
import { unitOfWork } from '../../database/transaction.ts';
import {
  countUsers,
  pageOfUsers,
  userRecord,
  type UserFilters,
  type UserParts,
  type UserRecord,
} from './user-directory.ts';
import { changePassword, replaceDigest, resetPassword } from './password.ts';
import { changeRights, type Rights } from './rights.ts';
import { userScopes } from './scopes.ts';
import type { Viewer } from '../../database/visible-lists.ts';

/** What people say of themselves; undefined leaves it as it is. */
export interface Profile {
  name?: string | undefined;
  locale?: string | undefined;
  /** IANA name. */
  timeZone?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  country?: string | null | undefined;
}

/** A person with an account. */
export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<number>;
  declare email: string;
  declare name: string;
  declare passwordDigest: string;
  declare admin: CreationOptional<boolean>;
  declare disabled: CreationOptional<boolean>;
  declare disabledReason: CreationOptional<string | null>;
  declare locale: CreationOptional<string>;
  declare timeZone: CreationOptional<string>;
  declare country: CreationOptional<string | null>;
  declare seed: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    User.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        email: { type: DataTypes.TEXT, allowNull: false },
        name: { type: DataTypes.TEXT, allowNull: false },
        passwordDigest: { type: DataTypes.TEXT, allowNull: false },
        admin: { type: DataTypes.BOOLEAN, defaultValue: false },
        disabled: { type: DataTypes.BOOLEAN, defaultValue: false },
        disabledReason: DataTypes.TEXT,
        locale: { type: DataTypes.TEXT, defaultValue: 'en' },
        timeZone: { type: DataTypes.TEXT, defaultValue: 'UTC' },
        country: DataTypes.TEXT,
        seed: { type: DataTypes.BOOLEAN, defaultValue: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'users', scopes: userScopes, whereMergeStrategy: 'and' },
    );
  }

  /** The account of whoever is signed in. @throws NotFoundError where it has been removed meanwhile */
  static async of(viewer: Viewer, { lock }: { lock?: LOCK } = {}): Promise<User> {
    const user = await User.findByPk(viewer.id, lock && { lock });
    if (!user) throw new NotFoundError();
    return user;
  }

  /** A unit of work on the viewer's account as it is now, locked. @throws NotFoundError where it has been removed meanwhile */
  static whileLocked<T>(viewer: Viewer, work: (user: User) => Promise<T>): Promise<T> {
    return unitOfWork(viewer.id, async (transaction) =>
      work(await User.of(viewer, { lock: transaction.LOCK.NO_KEY_UPDATE })),
    );
  }

  /** Whoever has this email address, in upper or lower case. */
  static findByEmail(email: string): Promise<User | null> {
    return User.findOne({ where: where(fn('lower', col('email')), email.trim().toLowerCase()) });
  }

  /** One page of everybody, by name, for administrators. */
  static page(
    viewer: Viewer,
    filters: UserFilters,
    after: Cursor | null,
    size: number,
    parts: UserParts = {},
  ): Promise<{ users: UserRecord[]; next: Cursor | null }> {
    return pageOfUsers(viewer, filters, after, size, parts);
  }

  /** A user as administrators see one. @returns null where there is none */
  static record(viewer: Viewer, id: number, parts: UserParts = {}): Promise<UserRecord | null> {
    return userRecord(viewer, id, parts);
  }

  /** How many the filters find. */
  static total(filters: UserFilters): Promise<number> {
    return countUsers(filters);
  }

  /** Whether nobody has registered yet; the seeds do not count. */
  static async isEmpty(): Promise<boolean> {
    return (await User.findOne({ where: { seed: false }, attributes: ['id'] })) === null;
  }

  /** @throws ForbiddenError where nobody may register now */
  static async checkRegistrationIsOpen(rules: RegistrationRules, invitation: Invitation | null = null): Promise<void> {
    checkRegistrationIsOpen(await User.isEmpty(), rulesFor(rules, invitation));
  }

  /**
   * Makes an account with its list. The first one that is no seed is the administrator's.
   * @param invitation that is brought: if it is for this address, its team is joined
   * @throws ValidationError for a taken email address, a password that is easily guessed, a wrong setup token
   * @throws ForbiddenError where registration is not open
   */
  static register(input: Registration, rules: RegistrationRules, invitation: Invitation | null = null): Promise<User> {
    return registerUser(input, rules, invitation);
  }

  /**
   * The user with this email address and password, or null; it takes as long for an address that nobody has.
   * @throws AccountDisabledError for a disabled user with the right password
   */
  static async authenticate(email: string, password: string): Promise<User | null> {
    const user = await User.findByEmail(email);
    const right = await verifyPassword(password, user?.passwordDigest ?? null);
    if (user && right && !user.disabled) return user;
    await recordFailedSignIn(email, user, right ? 'disabled' : user ? 'password' : 'unknown');
    if (right) throw new AccountDisabledError();
    return null;
  }

  /**
   * Ends every other session too.
   * @param keepSid the session of whoever asks
   * @throws ValidationError for a wrong current password or a new one that is easily guessed
   */
  changePassword(current: string, next: string, keepSid: string): Promise<void> {
    return changePassword(this, current, next, keepSid);
  }

  /** For the operator: a new password, made here, and every session ended. @returns the password, which nobody else knows */
  resetPassword(): Promise<string> {
    return resetPassword(this);
  }

  /** For whoever has shown by other means whose account it is: every session ends. */
  replacePassword(passwordDigest: string): Promise<void> {
    return replaceDigest(this, passwordDigest, { actorId: this.id });
  }

  async changeLocale(locale: string): Promise<void> {
    await this.update({ locale });
  }

  /** @throws ValidationError for a time zone that the database, which reckons in it, does not know */
  async describe(changes: Profile): Promise<User> {
    if (changes.timeZone !== undefined) await checkTimeZone(changes.timeZone);
    return this.update(changes);
  }

  /** Ends every session and token; none begins until the user is enabled. @param actor null for the operator; who may, and who not, is said by changeRights */
  async disable(reason: string | null, actor: Viewer | null): Promise<void> {
    await this.changeRights({ disabled: true, disabledReason: reason }, actor);
  }

  async enable(actor: Viewer | null = null): Promise<void> {
    await this.changeRights({ disabled: false }, actor);
  }

  async promote(actor: Viewer | null = null): Promise<void> {
    await this.changeRights({ admin: true }, actor);
  }

  async demote(actor: Viewer | null = null): Promise<void> {
    await this.changeRights({ admin: false }, actor);
  }

  /** @throws ForbiddenError, NotFoundError and ValidationError like `changeRights` */
  changeRights(wanted: Rights, actor: Viewer | null): Promise<User> {
    return changeRights(this, actor, wanted);
  }

  /** Never with the digest, wherever a user is made JSON. */
  override toJSON(): object {
    const { passwordDigest: _, ...shown } = this.get({ plain: true });
    return shown;
  }
}

async function checkTimeZone(timeZone: string): Promise<void> {
  try {
    await sql('SELECT now() AT TIME ZONE $1', [timeZone]);
  } catch (error) {
    throw isBadValue(error) ? new ValidationError({ path: 'timeZone', message: 'errors.timeZoneUnknown' }) : error;
  }
}
