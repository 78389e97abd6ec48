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
 * What processes send each other. Delivery does not depend on it: a lost hint costs the second until the next sweep.
 * `list_changed` with null: any list may have changed. `members_changed`: people connected to these lists or left them.
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

/** A message on the channel: hints for the others, or a heartbeat, which only its sender reads. */
export type Message = { from: string; heartbeat: number } | { from: string; hints: Hint[] };

/** Bytes of one payload. PostgreSQL rejects 8,000 and more. */
export const PAYLOAD_BYTES = 4000;

const from = z.uuid();
const messageSchema = z.union([
  z.strictObject({ from, heartbeat: z.int() }),
  z.strictObject({ from, hints: z.array(z.unknown()) }),
]);

export const packHeartbeat = (sender: string, heartbeat: number): string => JSON.stringify({ from: sender, heartbeat });

/** Packs JSON hints into as few payloads as possible, in order. */
export function pack(sender: string, hints: Iterable<string>): string[] {
  const head = `{"from":"${sender}","hints":[`;
  const tail = ']}';
  const room = PAYLOAD_BYTES - Buffer.byteLength(head + tail);
  const packed: string[][] = [];
  let left = 0;
  for (const hint of hints) {
    const bytes = Buffer.byteLength(hint) + 1;
    if (bytes > left) {
      packed.push([]);
      left = room;
    }
    packed.at(-1)?.push(hint);
    left -= bytes;
  }
  return packed.map((some) => head + some.join() + tail);
}

/**
 * Parses a payload from the channel, on which other programs may send anything.
 * @param onInvalid is called for each invalid hint; the others count
 * @throws an Error if it is no message
 */
export function parseMessage(payload: string, onInvalid: (error: unknown) => void): Message {
  const message = messageSchema.parse(JSON.parse(payload));
  if ('heartbeat' in message) return message;
  const hints = message.hints.flatMap((hint) => {
    const parsed = hintSchema.safeParse(hint);
    if (!parsed.success) onInvalid(parsed.error);
    return parsed.data ?? [];
  });
  return { from: message.from, hints };
}

/** Above this, hints are replaced by "any list may have changed"; the sweep finds ended sessions. */
const MAX_HINTS = 10_000;

/** Hints that wait while others are being sent: in order, without duplicates. */
export class SendQueue {
  #waiting = new Set<string>();

  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  add(hint: Hint): void {
    for (const part of split(hint)) this.#waiting.add(JSON.stringify(part));
    if (this.#waiting.size > MAX_HINTS)
      this.#waiting = new Set([JSON.stringify({ name: 'list_changed', listId: null } satisfies Hint)]);
  }

  /** Empties the queue. @returns the hints as JSON */
  take(): Set<string> {
    const taken = this.#waiting;
    this.#waiting = new Set();
    return taken;
  }
}

/** One list per hint, so that duplicates are recognized and many lists fit into several payloads. */
function split(hint: Hint): Hint[] {
  return hint.name === 'members_changed' ? hint.listIds.map((listId) => ({ ...hint, listIds: [listId] })) : [hint];
}
