import express, { type RequestHandler } from 'express';
import { isBroken } from '../lib/broken-text.ts';
import { badRequest } from '../lib/http-error.ts';

const LIMIT = '100kb';

/** Forms and JSON of a bounded size; `req.body` is an empty object where nothing was sent. */
export const parseBody: RequestHandler[] = [
  express.urlencoded({ extended: false, limit: LIMIT, parameterLimit: 500 }),
  express.json({ limit: LIMIT }),
  (req, _res, next) => {
    req.body ??= {};
    next();
  },
];

/** Refuses an address that nothing can be found by. The text of a body has its fields, and is refused beside them, by `parse`. */
export const refuseBrokenAddress: RequestHandler = (req, _res, next) => {
  if (isBroken(decoded(req.path)) || isBroken(req.query)) throw badRequest();
  next();
};

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badRequest();
  }
}
