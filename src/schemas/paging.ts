/** What queries consist of: everything in them is text. */
import { z } from 'zod';
import { recordId } from '../lib/parse.ts';
import { limits } from '../shared/limits.ts';

const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

/** A parameter of a page: filter forms send empty fields, which ask for nothing. */
export const pageParam = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

export const flag = z
  .enum(['true', 'false', '1', '0'], 'errors.invalid')
  .transform((text) => text === 'true' || text === '1')
  .meta({ type: 'boolean', example: true });

export const idParam = recordId.meta({ type: 'integer', example: 12 });

/** What somebody searches for; blank text searches for nothing. */
export const searchText = z
  .string('errors.invalid')
  .trim()
  .max(limits.search, 'errors.invalid')
  .transform((text) => (text === '' ? undefined : text));

export const cursor = z.string('errors.invalid').max(limits.cursor, 'errors.invalid');

/** A comma-separated list of allowed names, each once. */
export const names = <const Name extends string>(allowed: readonly Name[]) =>
  z
    .string('errors.invalid')
    // Before each of thousands is refused by itself.
    .max(2 * allowed.join().length, 'errors.invalid')
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(allowed, 'errors.invalid')))
    .transform((given) => [...new Set(given)])
    .meta({ type: 'string', example: allowed.slice(0, 2).join(',') });

/** A comma-separated list of allowed names, or of all names but those with a `-`. */
export const selection = <const Name extends string>(allowed: readonly Name[]) =>
  z
    .string('errors.invalid')
    .max(3 * allowed.join().length, 'errors.invalid')
    .transform((text, context): Name[] => {
      const given = text.split(',');
      const isExclusion = given.every((name) => name.startsWith('-'));
      const names = isExclusion ? given.map((name) => name.slice(1)) : given;
      for (const [place, name] of names.entries())
        if (!allowed.includes(name as Name))
          context.addIssue({
            code: 'custom',
            path: [place],
            message: 'errors.invalid',
            input: text,
            params: { rule: { code: 'oneOf', params: { values: allowed.join(', ') } } },
          });
      const wanted = new Set(names);
      return allowed.filter((name) => wanted.has(name) !== isExclusion);
    });

/** At most so many values of one filter. */
const MAX_VALUES = 50;

/** Comma-separated ids; with `nullable` also `null`, for records without one. */
export const idsParam = <const Nullable extends boolean = false>({ nullable }: { nullable?: Nullable } = {}) =>
  z
    .string('errors.invalid')
    .refine(
      (text) =>
        text.split(',').length <= MAX_VALUES &&
        text.split(',').every((one) => (nullable && one === 'null') || recordId.safeParse(one).success),
      { error: 'errors.invalid', params: { rule: { code: 'id' } } },
    )
    .transform((text) =>
      text
        .split(',')
        .map((one) => (one === 'null' ? null : Number(one)) as Nullable extends true ? number | null : number),
    )
    .meta({ type: 'string', example: nullable ? '12,null' : '12,13' });

const whole = (min: number, max: number) =>
  z
    .string('errors.invalid')
    .refine((text) => /^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: 'errors.invalid',
      params: { rule: { code: 'between', params: { min, max } } },
    })
    .transform(Number);

/** An offset of more rows would be read and thrown away. */
const MAX_PAGE = 1000;

/** The query parameters of every collection. */
export const paging = {
  limit: whole(1, MAX_LIMIT).default(DEFAULT_LIMIT).meta({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: 'Number of records in a page.',
  }),
  after: cursor.optional().meta({
    description: 'Where the previous page ended. Do not build it yourself: follow the URL in `Link`.',
  }),
  count: flag
    .default(false)
    .meta({ type: 'boolean', description: '`true`: return the total number of records in `X-Total-Count`.' }),
};

/** Collections with a total can be read by page numbers too, instead of `after`. */
export const numberedPaging = {
  ...paging,
  page: whole(1, MAX_PAGE)
    .optional()
    .meta({
      type: 'integer',
      minimum: 1,
      maximum: MAX_PAGE,
      description:
        'The page by its number, from 1, with the total in `X-Total-Count`. Records may be missed or returned twice ' +
        'while others change; `after` is exact.',
    }),
  perPage: whole(1, MAX_LIMIT).optional().meta({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    description: 'Number of records in a numbered page. Default: `limit`.',
  }),
};

/** The response headers of every collection, for the documentation. */
export const listHeaders = {
  Link:
    'The URL of the next page, with `rel="next"`; absent on the last page. With page numbers also `first`, ' +
    '`prev` and `last`.',
  'X-Total-Count': 'With `count=true` and with page numbers: the total number of records.',
};
