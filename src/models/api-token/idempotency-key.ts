import { createHash } from 'node:crypto';
import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { KeyReuseError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';

/** An answer as it was sent. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface KeyedRequest {
  /** The client's; at most 200 characters. */
  key: string;
  /** Everything that makes the request what it is: method, address and body. */
  request: string;
}

/** The answer to a request that brought a key of the viewer's choice, so that sending it again does nothing twice. */
export class IdempotencyKey extends Model<InferAttributes<IdempotencyKey>, InferCreationAttributes<IdempotencyKey>> {
  declare userId: number;
  declare key: string;
  declare requestDigest: Buffer;
  declare status: number;
  declare headers: Record<string, string>;
  declare body: string;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    IdempotencyKey.init(
      {
        userId: { type: DataTypes.INTEGER, primaryKey: true },
        key: { type: DataTypes.TEXT, primaryKey: true },
        requestDigest: { type: DataTypes.BLOB, allowNull: false },
        status: { type: DataTypes.SMALLINT, allowNull: false },
        headers: { type: DataTypes.JSONB, allowNull: false },
        body: { type: DataTypes.TEXT, allowNull: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'idempotency_keys' },
    );
  }

  /**
   * Does the work of a request once for each key of the viewer: who asks again is given the first answer. Key
   * and work are committed together; who asks meanwhile waits for it. Work that fails leaves the key free.
   * @throws KeyReuseError where the key was used for another request
   */
  static answerOnce(
    viewer: Viewer,
    { key, request }: KeyedRequest,
    work: () => Promise<KeptAnswer>,
  ): Promise<KeptAnswer> {
    const digest = createHash('sha256').update(request).digest();
    return unitOfWork(viewer.id, async () => {
      const claimed = await sql(CLAIM, [viewer.id, key, digest]);
      if (claimed.length === 0) return keptAnswer(viewer, key, digest);
      const answer = await work();
      await sql(KEEP, [viewer.id, key, answer.status, JSON.stringify(answer.headers), answer.body]);
      return answer;
    });
  }

  /** Removes keys that are older than a day, at most 1,000. @returns how many */
  static async prune(): Promise<number> {
    return (await sql(PRUNE, [])).length;
  }
}

async function keptAnswer(viewer: Viewer, key: string, digest: Buffer): Promise<KeptAnswer> {
  const [kept] = await sql<KeptAnswer & { digest: Buffer }>(KEPT, [viewer.id, key]);
  if (!kept?.digest.equals(digest)) throw new KeyReuseError();
  return { status: kept.status, headers: kept.headers, body: kept.body };
}

const CLAIM = `
  INSERT INTO idempotency_keys (user_id, key, request_digest, status, headers, body) VALUES ($1, $2, $3, 0, '{}', '')
  ON CONFLICT (user_id, key) DO NOTHING RETURNING key`;
const KEEP =
  'UPDATE idempotency_keys SET status = $3, headers = $4, body = $5, updated_at = now() WHERE user_id = $1 AND key = $2';
const KEPT =
  'SELECT request_digest AS digest, status, headers, body FROM idempotency_keys WHERE user_id = $1 AND key = $2';
const PRUNE = `
  DELETE FROM idempotency_keys WHERE (user_id, key) IN (
    SELECT user_id, key FROM idempotency_keys WHERE created_at < now() - interval '1 day' ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) RETURNING key`;
