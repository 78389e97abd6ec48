import type { z } from 'zod';
import type { BrokenRule } from './errors.ts';

type Issue = z.core.$ZodIssue;

/** Types as zod names them where JSON calls them otherwise. */
const JSON_TYPES: Record<string, string> = { record: 'object', float: 'number', nan: 'number' };
const NAMED_TYPES = ['array', 'boolean', 'int', 'number', 'object', 'string'];

/**
 * What a schema expected, in terms of JSON. A refinement says it itself, as `params: { rule: { code } }`.
 * @returns undefined where only the schema's own message says it
 */
export function brokenRule(issue: Issue, input: unknown): BrokenRule | undefined {
  if (isMissing(issue, input)) return { code: 'required' };
  switch (issue.code) {
    case 'invalid_type':
      return typeRule(issue.expected);
    case 'too_big':
      return sizeRule(issue.origin, { max: Number(issue.maximum) }, ['tooLong', 'tooMany', 'max']);
    case 'too_small': {
      const min = Number(issue.minimum) + (issue.inclusive === false ? 1 : 0);
      return sizeRule(issue.origin, { min }, ['tooShort', 'tooFew', 'min']);
    }
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_format':
      return issue.format === 'date' ? { code: 'date' } : issue.format === 'datetime' ? { code: 'time' } : undefined;
    case 'invalid_union':
      return unionRule(issue.errors.flat());
    case 'custom':
      return (issue.params as { rule?: BrokenRule } | undefined)?.rule;
    default:
      return undefined;
  }
}

/** Fields that are left out fail as `undefined`, which JSON does not have. */
function isMissing({ code, path }: Issue, input: unknown): boolean {
  if (path.length === 0 || !['invalid_type', 'invalid_value', 'invalid_union'].includes(code)) return false;
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], input);
  return value === undefined;
}

function typeRule(expected: string): BrokenRule | undefined {
  const type = JSON_TYPES[expected] ?? expected;
  return NAMED_TYPES.includes(type) ? { code: 'type', params: { type } } : undefined;
}

function sizeRule(
  origin: string,
  params: Record<string, number>,
  [ofString, ofArray, ofNumber]: [string, string, string],
): BrokenRule {
  return { code: origin === 'string' ? ofString : origin === 'array' ? ofArray : ofNumber, params };
}

const oneOf = (values: readonly unknown[]): BrokenRule => ({ code: 'oneOf', params: { values: values.join(', ') } });

function unionRule(issues: readonly Issue[]): BrokenRule | undefined {
  const values = issues.flatMap((issue) => (issue.code === 'invalid_value' ? [issue.values] : []));
  return values.length > 0 && values.length === issues.length ? oneOf(values.flat()) : undefined;
}
