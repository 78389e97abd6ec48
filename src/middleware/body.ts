import express, { type RequestHandler } from 'express';
import { badRequest } from '../lib/http-error.ts';

const LIMIT = '100kb';
/** Nothing that Taskwire takes is nested deeper, and whoever walks through a body should not run out of stack. */
const DEEPEST = 20;
const BROKEN = /[\0\p{Surrogate}]/u;

/** Forms and JSON of a bounded size; `req.body` is an empty object where nothing was sent. */
export const parseBody: RequestHandler[] = [
  express.urlencoded({ extended: false, limit: LIMIT, parameterLimit: 500 }),
  express.json({ limit: LIMIT }),
  (req, _res, next) => {
    req.body ??= {};
    next();
  },
];

/**
 * Refuses text that no database column can hold: NUL, which PostgreSQL has no place for, and halves of a
 * surrogate pair, which are no characters. No browser sends either.
 */
export const refuseBrokenText: RequestHandler = (req, _res, next) => {
  if (isBroken(decoded(req.path)) || isBroken(req.query) || isBroken(req.body)) throw badRequest();
  next();
};

function isBroken(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return BROKEN.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return depth > DEEPEST || Object.entries(value).some(([key, inner]) => isBroken(key) || isBroken(inner, depth + 1));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badRequest();
  }
}
