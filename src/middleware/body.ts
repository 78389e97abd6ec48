import express, { type Request, type RequestHandler } from 'express';
import { isInvalidText } from '../lib/text-validity.ts';
import { badRequest } from '../lib/http-error.ts';

/** Above the longest task that may be: 20,000 Chinese characters are 180 kB in a form. */
const LIMIT = '192kb';

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
  if (!isPath(req) || isInvalidText(decoded(req.path)) || isInvalidText(req.query)) throw badRequest();
  next();
};

/** Not `*`, which is the whole server, nor `//x`, which browsers and URL read as another host. */
const isPath = ({ path, originalUrl }: Request): boolean =>
  /^\/(?!\/)/.test(path) && URL.canParse(originalUrl, 'http://own.invalid');

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badRequest();
  }
}
