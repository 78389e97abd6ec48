import { z } from 'zod';
import { tokenScopes, type ApiToken } from '../models/api-token/api-token.ts';
import { time } from './shared.ts';

const scopes = z.array(z.enum(tokenScopes)).min(1);

export const tokenSchema = z
  .object({
    id: z.int(),
    name: z.string(),
    prefix: z.string().meta({ description: 'The first letters of the token.' }),
    scopes,
    createdAt: time,
    lastUsedAt: time.nullable().meta({ description: 'Within an hour.' }),
    expiresAt: time.nullable(),
  })
  .meta({ id: 'Token' });

/** The fields of a token that leave the house. */
export const presentToken = ({ id, name, prefix, scopes: allowed, createdAt, lastUsedAt, expiresAt }: ApiToken) => ({
  id,
  name,
  prefix,
  scopes: allowed,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  expiresAt: expiresAt?.toISOString() ?? null,
});

export const newTokenFields = {
  name: z.string().trim().min(1, 'errors.nameMissing').max(100, 'errors.nameTooLong').default('API'),
  scopes: scopes.default(['read', 'write']),
  expiresInDays: z
    .int()
    .min(1)
    .max(3650)
    .nullable()
    .default(90)
    .meta({ description: 'Days until the token ends by itself; null: it does not.' }),
};
