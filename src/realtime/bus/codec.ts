import { z } from 'zod';
import { hintSchema, type Hint } from './message.ts';

/** What goes over the line: hints for the others, or a beat, which only its sender listens to. */
export type Message = { from: string; beat: number } | { from: string; hints: Hint[] };

/** Bytes of one payload. PostgreSQL refuses 8,000 and more. */
export const PAYLOAD_BYTES = 4000;

const from = z.uuid();
const messageSchema = z.union([
  z.strictObject({ from, beat: z.int() }),
  z.strictObject({ from, hints: z.array(z.unknown()) }),
]);

export const beatOf = (sender: string, beat: number): string => JSON.stringify({ from: sender, beat });

/** Packs hints, each as JSON, into as few payloads as hold them, in order. */
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
 * Reads what came over the line, where anybody may say anything.
 * @param error hears of each hint that is none; the others count
 * @throws an Error where it is no message
 */
export function parseMessage(payload: string, error: (why: unknown) => void): Message {
  const message = messageSchema.parse(JSON.parse(payload));
  if ('beat' in message) return message;
  const hints = message.hints.flatMap((hint) => {
    const parsed = hintSchema.safeParse(hint);
    if (!parsed.success) error(parsed.error);
    return parsed.data ?? [];
  });
  return { from: message.from, hints };
}
