import { z } from 'zod';
import { LONGEST_CURSOR } from '../database/cursor.ts';
import { recordId } from '../lib/record-id.ts';

const MOST = 200;
const DEFAULT = 50;

/** As a query has it: text. */
export const flag = z
  .enum(['true', 'false', '1', '0'], 'errors.invalid')
  .transform((text) => text === 'true' || text === '1')
  .meta({ type: 'boolean', example: true });
export const idAsked = recordId.meta({ type: 'integer', example: 12 });

/** Several names of an allow-list with commas between, each once. */
export const names = <const Name extends string>(allowed: readonly Name[]) =>
  z
    .string('errors.invalid')
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(allowed, 'errors.invalid')))
    .transform((given) => [...new Set(given)])
    .meta({ type: 'string', example: allowed.slice(0, 2).join(',') });

/** What every list may be asked for. */
export const paging = {
  limit: z
    .string('errors.invalid')
    .regex(/^\d{1,3}$/, 'errors.invalid')
    .transform(Number)
    .refine((n) => n >= 1 && n <= MOST, 'errors.invalid')
    .default(DEFAULT)
    .meta({ type: 'integer', minimum: 1, maximum: MOST, default: DEFAULT, description: 'Records on a page.' }),
  after: z
    .string('errors.invalid')
    .max(LONGEST_CURSOR, 'errors.invalid')
    .optional()
    .meta({ description: 'Where the last page ended: take the whole address from its `Link`.' }),
  count: flag
    .default(false)
    .meta({ type: 'boolean', description: '`true`: `X-Total-Count` says how many there are in all pages.' }),
};

/** The header fields of a list, for the documentation. */
export const listHeaders = {
  Link: 'The next page, with `rel="next"`; without it this is the last one.',
  'X-Total-Count': 'With `count=true`: how many there are.',
};
