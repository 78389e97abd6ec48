/** Rules and fields that several nouns share. A rule is defined once: pages, API, merge and import all use it. */
import { z } from 'zod';
import { recordId } from '../lib/parse.ts';
import { limits } from '../shared/limits.ts';

/** `{id}` of a path. */
export const idParams = z.object({
  id: recordId.meta({ type: 'integer', description: 'The id of the record.', example: 12 }),
});

/** The id of a record in a JSON body; `recordId` is its counterpart in forms, queries and paths. */
export const id = z
  .int('errors.invalid')
  .positive('errors.invalid')
  .max(2 ** 31 - 1, 'errors.invalid');

/** Whether the text has more characters, counted in code points as PostgreSQL and JSON Schema do: an emoji is one. */
export const isLongerThan = (text: string, max: number): boolean =>
  text.length > max && (text.length > 2 * max || [...text].length > max);

/** Ids as checkboxes send them: none, one, or several. */
export const idsField = (max: number) =>
  z.preprocess(
    (value) => (value === undefined ? undefined : [value].flat().filter((text) => text !== '')),
    z.array(recordId).max(max, 'errors.invalid').optional(),
  );

/** In place of zod's `max`, which counts UTF-16 units. */
export const maxCharacters =
  (max: number, message: string) =>
  ({ value, issues }: z.core.ParsePayload<string>): void => {
    if (isLongerThan(value, max))
      issues.push({ code: 'too_big', origin: 'string', maximum: max, message, input: value });
  };

/**
 * Text of one line, in NFC. Line ends and tabs become blanks: a one-line input of a page drops them, which joins words,
 * and would report the text as changed by whoever saves the form.
 */
export const oneLine = (text: string): string =>
  text
    .normalize()
    .replace(/[\s\u0085]+/g, (blanks) => (LINE_END.test(blanks) ? ' ' : blanks))
    .trim();
const LINE_END = /[\t-\r\u0085\u2028\u2029]/;

/** Text of several lines, in NFC with LF: browsers send CRLF, and would report text with LF as changed. */
export const manyLines = (text: string): string => text.normalize().replace(/\r\n|[\v\f\r\u0085\u2028\u2029]/g, '\n');

/** Whether text has no control characters but those of several lines. */
export const hasNoControls = (text: string): boolean => !/(?![\t\n])\p{Cc}/u.test(text);

/** Whether there is a visible character. */
export const isVisible = (text: string): boolean =>
  /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{Cc}\p{Cf}\p{M}\u2800]/u.test(text);

/** For a check that says nothing about what another check has refused. */
const isUnrefused = ({ issues }: z.core.ParsePayload): boolean => issues.length === 0;

/** Text of one line, perhaps empty. */
export const line = (max: number, tooLong: string, invalid = 'errors.invalid') =>
  z
    .string(invalid)
    .overwrite(oneLine)
    .check(maxCharacters(max, tooLong))
    .refine(hasNoControls, 'errors.controlCharacters')
    .meta({ maxLength: max });

/** Required text of one line, with something to see. @param missing the message for empty text and for other types */
export const requiredLine = (max: number, missing: string, tooLong: string) =>
  line(max, tooLong, missing).refine(isVisible, { error: missing, when: isUnrefused });

/** For `z.preprocess`: an empty field of a form clears the value. */
export const emptyToNull = (value: unknown): unknown => (value === '' ? null : value);

/** A day of a query, `YYYY-MM-DD`. PostgreSQL has no year 0. */
export const day = z.iso
  .date('errors.dateInvalid')
  .refine((text) => !text.startsWith('0000'), 'errors.dateInvalid')
  .meta({ example: '2026-11-27' });

/**
 * Earlier years are typing errors: in a date field `12 04 26` is the year 26. The day or moment begins with its year.
 */
export const isPlausibleYear = (text: string): boolean => Number(text.slice(0, 4)) >= limits.firstYear;

/** A day to store. */
export const taskDay = day.refine(isPlausibleYear, { error: 'errors.yearUnlikely', when: isUnrefused });

/**
 * A moment with its offset, as a Date; in UTC it must be of the years that PostgreSQL and ISO 8601 both write in four
 * digits.
 */
export const moment = z.iso
  .datetime({ offset: true, error: 'errors.timeInvalid' })
  .transform((text) => new Date(text))
  .refine((time) => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999, 'errors.timeInvalid');

export const plausibleTime = z.date().refine((time) => isPlausibleYear(time.toISOString()), 'errors.yearUnlikely');
/** A moment to store. */
export const taskMoment = moment.pipe(plausibleTime);

/** A boolean of a JSON body; `flag` is its counterpart in queries. */
export const boolean = z.boolean('errors.invalid');

/** A moment in a response. */
export const time = z.iso.datetime().meta({ description: 'ISO 8601 in UTC.', example: '2026-11-21T09:30:00.000Z' });

export const url = z.url().meta({
  description: 'The absolute URL of the record.',
  example: 'https://tasks.example.com/api/v1/tasks/12',
});

export const person = z.object({ id: z.int(), name: z.string() });

/** The headers of a conditional change. */
export const ifMatch = z.object({
  'If-Match': z.string().optional().meta({
    description: 'The ETag of the record as you read it; the response is 412 if the record has changed since.',
    example: '"3"',
  }),
});

/**
 * Read-only fields: accepted, so that what was read can be sent back, and ignored, which `Ignored-Fields` says.
 */
export const reserved = <Name extends string>(...names: Name[]) =>
  Object.fromEntries(names.map((name) => [name, readOnly.optional()])) as Record<Name, z.ZodOptional<z.ZodUnknown>>;
const readOnly = z.unknown().meta({ readOnly: true });

/** The names in the input that its schema accepts and ignores. */
export function ignoredFields(schema: z.ZodType, input: unknown): string[] {
  const shape = shapeOf(schema);
  return Object.keys(input ?? {}).filter((name) => isReserved(shape[name]));
}

export const hasReserved = (schema: z.ZodType): boolean => Object.values(shapeOf(schema)).some(isReserved);

function shapeOf(schema: z.ZodType): z.ZodRawShape {
  if (schema instanceof z.ZodPipe) return shapeOf(schema.in as z.ZodType);
  return schema instanceof z.ZodObject ? schema.shape : {};
}

/** Partial schemas wrap their fields once more. */
function isReserved(field: unknown): boolean {
  return field instanceof z.ZodOptional ? isReserved(field.unwrap()) : field === readOnly;
}

export function withoutReserved<Input extends object, Name extends string>(
  input: Input,
  names: readonly Name[],
): Omit<Input, Name> {
  return Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name as Name))) as Omit<
    Input,
    Name
  >;
}

export const problemSchema = z
  .object({
    type: z.url().meta({
      description: 'Identifies the kind of error; it depends on the address of the server.',
      example: 'https://tasks.example.com/api/docs#validation',
    }),
    title: z.string().meta({ description: 'The kind of error, always the same for one `type`.' }),
    status: z.int(),
    detail: z.string().meta({ description: 'What is wrong with this request.' }),
    code: z.int().meta({ description: 'The kind of error as a number.' }),
    errors: z
      .array(
        z.object({
          path: z.string().meta({
            description: 'The field, parameter or header; empty for the whole body.',
            example: 'docs.2.dueOn',
          }),
          code: z.string().meta({ description: 'What is wrong with it.', example: 'date' }),
          message: z.string().meta({ example: 'Must be a date as YYYY-MM-DD, such as 2026-11-27.' }),
        }),
      )
      .optional()
      .meta({ description: 'At most 100.' }),
    requestId: z.string(),
  })
  .meta({
    id: 'Problem',
    description:
      'An error (RFC 9457). `title`, `detail` and `message` are in the language that `Accept-Language` asks for; ' +
      'the codes do not depend on it.',
  });
