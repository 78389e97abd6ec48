import { randomBytes } from 'node:crypto';
import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { announce } from '../../events/index.ts';
import { UnauthorizedError } from '../../lib/errors.ts';
import { sql, preparedSql } from '../../database/sql.ts';
import { digestOf } from '../../lib/random-token.ts';
import { note } from '../audit/record.ts';
import { tokenScopes, type TokenScope } from '../../schemas/token.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

export type { TokenScope };

/** A token with its viewer, as every request of a program needs it. */
export interface LoadedToken {
  id: number;
  scopes: TokenScope[];
  viewer: Viewer;
}

export interface NewToken {
  name: string;
  scopes: TokenScope[];
  expiresAt: Date | null;
}

/** What a program has just brought instead of a session: the digest of its password must still be the user's. */
export interface SignIn {
  passwordDigest: string;
}

/** By these letters scanners find a token that was published by mistake. */
const MARK = 'taskwire_';
const SHOWN = MARK.length + 6;

/** What a program signs in with: 256 random bits that are shown once; only their SHA-256 is stored. */
export class ApiToken extends Model<InferAttributes<ApiToken>, InferCreationAttributes<ApiToken>> {
  declare id: CreationOptional<number>;
  declare userId: number;
  declare name: string;
  declare prefix: string;
  declare digest: Buffer;
  declare scopes: TokenScope[];
  declare lastUsedAt: CreationOptional<Date | null>;
  declare expiresAt: Date | null;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    ApiToken.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        userId: { type: DataTypes.INTEGER, allowNull: false },
        name: { type: DataTypes.TEXT, allowNull: false },
        prefix: { type: DataTypes.TEXT, allowNull: false },
        digest: { type: DataTypes.BLOB, allowNull: false },
        scopes: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false },
        lastUsedAt: DataTypes.DATE,
        expiresAt: DataTypes.DATE,
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'api_tokens' },
    );
  }

  /**
   * @param signIn where it is got for a password
   * @returns the row, and the token itself, which nobody can read again
   * @throws UnauthorizedError for a user who was disabled or got another password meanwhile
   */
  static issue(
    userId: number,
    { name, scopes, expiresAt }: NewToken,
    signIn?: SignIn,
  ): Promise<{ token: string; row: ApiToken }> {
    const token = MARK + randomBytes(32).toString('base64url');
    return unitOfWork(userId, async () => {
      const [owner] = await sql(OWNER, [userId, signIn?.passwordDigest ?? null]);
      if (!owner) throw new UnauthorizedError('errors.signInFailed');
      const row = await ApiToken.create({
        userId,
        name,
        prefix: token.slice(0, SHOWN),
        digest: digestOf(token),
        scopes: [...new Set(scopes)],
        expiresAt,
      });
      if (signIn) await note('signed_in', { actorId: userId, userId, details: { by: 'api' } });
      await note('token_made', { actorId: userId, userId, details: { name, scopes: row.scopes.join(' ') } });
      return { token, row };
    });
  }

  /** Token, user and personal list in one statement, which notes at most once an hour that it was used. @returns null where it has ended or the user is disabled */
  static async load(token: string): Promise<LoadedToken | null> {
    if (!token.startsWith(MARK)) return null;
    const [row] = await preparedSql<Viewer & { tokenId: number; scopes: TokenScope[]; stale: boolean }>(LOAD, [
      digestOf(token),
    ]);
    if (!row) return null;
    const { tokenId, scopes, stale, ...viewer } = row;
    if (stale) await sql('UPDATE api_tokens SET last_used_at = now() WHERE id = $1', [tokenId]);
    return { id: tokenId, scopes, viewer: Object.freeze(viewer) };
  }

  /** The tokens of the viewer, newest first. */
  static of(viewer: Viewer): Promise<ApiToken[]> {
    return ApiToken.findAll({
      where: { userId: viewer.id },
      order: [
        ['createdAt', 'DESC'],
        ['id', 'DESC'],
      ],
    });
  }

  /** @returns null where it is not there or somebody else's */
  static owned(viewer: Viewer, id: number): Promise<ApiToken | null> {
    return ApiToken.findOne({ where: { id, userId: viewer.id } });
  }

  /** The lists that whoever is signed in with each of these tokens may see now; one that has ended is left out. */
  static async listIds(tokenIds: number[]): Promise<Map<number, number[]>> {
    const rows = await sql<{ id: number; ids: number[] }>(LISTS, [tokenIds]);
    return new Map(rows.map(({ id, ids }) => [id, ids]));
  }

  /** Which of these tokens have ended. */
  static async ended(ids: number[]): Promise<number[]> {
    const rows = await sql<{ id: number }>(ENDED, [ids]);
    return rows.map(({ id }) => id);
  }

  /** Ends the token at once and, by the announcement, the connections that came with it. */
  async revoke(): Promise<void> {
    const { id, userId, name } = this;
    await unitOfWork(userId, async () => {
      await this.destroy();
      await note('token_ended', { actorId: userId, userId, details: { name } });
      afterCommit(() => {
        announce('token_ended', { tokenId: id });
      });
    });
  }

  /** Never with the digest. */
  override toJSON(): object {
    const { digest: _, ...shown } = this.get({ plain: true });
    return shown;
  }
}

/** FOR SHARE, as with sessions: it waits for whoever is disabling the user, who ends only tokens that are there. */
const OWNER =
  'SELECT id FROM users WHERE id = $1 AND NOT disabled AND password_digest = coalesce($2, password_digest) FOR SHARE';

const LOAD = `
  SELECT t.id AS "tokenId", t.scopes, coalesce(t.last_used_at <= now() - interval '1 hour', true) AS stale,
    u.id, u.name, u.email, u.admin, u.locale, u.time_zone AS "timeZone", f.id AS "listId"
  FROM api_tokens t JOIN users u ON u.id = t.user_id JOIN lists f ON f.user_id = u.id
  WHERE t.digest = $1 AND coalesce(t.expires_at > now(), true) AND NOT u.disabled`;

const LISTS = `
  SELECT t.id, array(${visibleListIds('u.id')}) AS ids FROM api_tokens t JOIN users u ON u.id = t.user_id
  WHERE t.id = ANY($1::integer[]) AND coalesce(t.expires_at > now(), true) AND NOT u.disabled`;

const ENDED = `
  SELECT asked.id FROM unnest($1::integer[]) AS asked (id)
  LEFT JOIN api_tokens t ON t.id = asked.id LEFT JOIN users u ON u.id = t.user_id
  WHERE t.id IS NULL OR u.disabled OR t.expires_at <= now()`;
