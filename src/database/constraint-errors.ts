import { ValidationError, type FieldError } from '../lib/errors.ts';

/**
 * Runs `work`, and reports the violation of a constraint that a person can cause as what they did wrong.
 * @param byConstraint by the name of the constraint or unique index in PostgreSQL: the field error to report, or a
 *   function that makes the error to throw. Any other error is thrown unchanged.
 */
export async function translateDatabaseErrors<T>(
  work: () => Promise<T>,
  byConstraint: Readonly<Record<string, FieldError | (() => Error)>>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const translation = byConstraint[violatedConstraint(error) ?? ''];
    if (!translation) throw error;
    throw typeof translation === 'function' ? translation() : new ValidationError(translation);
  }
}

/** The constraint that a statement violated, by its name in PostgreSQL; undefined for any other error. */
export function violatedConstraint(error: unknown): string | undefined {
  // pg names it, whether a constraint or a trigger raised it; Sequelize keeps pg's error as `parent`, and by itself
  // knows no names that triggers raise.
  const { constraint, parent } = (error ?? {}) as { constraint?: unknown; parent?: { constraint?: unknown } };
  return [parent?.constraint, constraint].find((name) => typeof name === 'string');
}
