import { z } from 'zod';
import type {
  AccessChanged,
  AccessEnded,
  InboxChanged,
  SessionEnded,
  SessionReplaced,
  TokenEnded,
} from '../../events/index.ts';

/**
 * What processes tell each other. Nothing rests on it: a hint that is lost costs the second until the next sweep.
 * `list_changed` of null: any list may have moved. `members_changed`: somebody came to these lists or left them.
 */
export type Hint =
  | { name: 'list_changed'; listId: number | null }
  | { name: 'members_changed'; listIds: number[] }
  | ({ name: 'session_ended' } & SessionEnded)
  | ({ name: 'session_replaced' } & SessionReplaced)
  | ({ name: 'token_ended' } & TokenEnded)
  | ({ name: 'access_ended' } & AccessEnded)
  | ({ name: 'access_changed' } & AccessChanged)
  | ({ name: 'inbox_changed' } & InboxChanged);

const id = z.int().positive();
const sid = z.string().max(200);
const reason = z.enum(['signed_out', 'expired', 'disabled', 'password_changed', 'revoked']);

export const hintSchema: z.ZodType<Hint> = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('list_changed'), listId: id.nullable() }),
  z.strictObject({ name: z.literal('members_changed'), listIds: z.array(id) }),
  z.strictObject({ name: z.literal('session_ended'), sid, reason }),
  z.strictObject({ name: z.literal('session_replaced'), sid }),
  z.strictObject({ name: z.literal('token_ended'), tokenId: id }),
  z.strictObject({ name: z.literal('access_changed'), userId: id }),
  z.strictObject({ name: z.literal('inbox_changed'), userId: id }),
  z.strictObject({ name: z.literal('access_ended'), userId: id, reason, exceptSid: sid.optional() }),
]);
