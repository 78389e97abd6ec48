import express, { type Request, type RequestHandler } from 'express';
import { isInvalidText } from '../lib/text-validity.ts';
import { badRequest, HttpError } from '../lib/http-error.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Id of the person whose page the form is on. Set by formFields. */
      formAuthor?: number | undefined;
    }
  }
}

/** More than the longest task: 20,000 Chinese characters are 180 kB in a form. */
const LIMIT = '192kb';
/** More than a task with a hundred categories has fields. */
const MAX_FIELDS = 200;

/**
 * Bodies are measured as they are sent: 200 bytes of gzip can hold 200 kB. Browsers compress none.
 * @throws HttpError 415
 */
export const refuseEncoding: RequestHandler = (req, _res, next) => {
  const encoding = req.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw new HttpError(415, 'errors.contentEncoding', { 'Accept-Encoding': 'identity' });
  next();
};

/** Parses forms and JSON up to LIMIT; `req.body` is an empty object without a body. */
export const parseBody: RequestHandler[] = [
  refuseEncoding,
  express.urlencoded({ extended: false, limit: LIMIT, parameterLimit: MAX_FIELDS, inflate: false }),
  express.json({ limit: LIMIT, inflate: false }),
  (req, _res, next) => {
    req.body ??= {};
    next();
  },
];

/**
 * Rejects paths and queries with invalid text; in a body it is an error of its field, found by `parse`. @throws
 * HttpError 400
 */
export const rejectInvalidUrl: RequestHandler = (req, _res, next) => {
  if (!isPath(req) || isInvalidText(decoded(req.path)) || isInvalidText(req.query)) throw badRequest();
  next();
};

/** Neither `*`, the whole server, nor `//x`, which browsers and URL read as another host. */
const isPath = ({ path, originalUrl }: Request): boolean =>
  /^\/(?!\/)/.test(path) && URL.canParse(originalUrl, 'http://own.invalid');

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badRequest();
  }
}

const METHODS = new Set(['PATCH', 'PUT', 'DELETE']);

/**
 * HTML forms know only GET and POST: a posted form names another method in its `_method` field; `_author` is whose page
 * it is on, in case the session has ended.
 */
export const formFields: RequestHandler = (req, res, next) => {
  if (req.method === 'POST' && req.is('application/x-www-form-urlencoded')) {
    const { _method: method, _author: author, ...body } = req.body as Record<string, unknown>;
    if (typeof method === 'string' && METHODS.has(method.toUpperCase())) req.method = method.toUpperCase();
    if (typeof author === 'string' && /^\d{1,9}$/.test(author)) res.locals.formAuthor = Number(author);
    req.body = body;
  }
  next();
};
