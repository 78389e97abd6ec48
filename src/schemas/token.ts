import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import { idsField, requiredLine, time } from './shared.ts';

export const tokenScopes = ['read', 'write'] as const;
export type TokenScope = (typeof tokenScopes)[number];

export const tokenName = requiredLine(limits.name, 'errors.nameMissing', 'errors.nameTooLong');
/** Of a form that ends the account's other sessions: the tokens that stay. */
export const keptTokens = idsField(limits.tokens).transform((ids) => ids ?? []);
const scopes = z.array(z.enum(tokenScopes)).min(1);

export const tokenSchema = z
  .object({
    id: z.int(),
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the token.' }),
    scopes,
    createdAt: time,
    lastUsedAt: time.nullable().meta({ description: 'Accurate to an hour.' }),
    expiresAt: time.nullable(),
  })
  .meta({ id: 'Token' });

export const newTokenFields = {
  name: tokenName.default('API'),
  scopes: scopes.default(['read', 'write']),
  expiresInDays: z
    .int()
    .min(1)
    .max(3650)
    .nullable()
    .default(90)
    .meta({ description: 'Days until the token expires; null: never.' }),
};
