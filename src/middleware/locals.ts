import type { Response } from 'express';

/**
 * What a middleware left in `res.locals`, for the accessors beside each middleware (`taskOf`, `teamOf`, …).
 * @param filledBy the middleware that the route needs
 * @throws Error where the route does not use it
 */
export function requireLocal<Name extends keyof Express.Locals>(
  res: Response,
  name: Name,
  filledBy: string,
): NonNullable<Express.Locals[Name]> {
  const value = res.locals[name];
  if (value === undefined || value === null)
    throw new Error(`res.locals.${name} is not set: this route needs ${filledBy}`);
  return value;
}
