import type { RequestHandler } from 'express';

const METHODS = new Set(['PATCH', 'PUT', 'DELETE']);

/** HTML forms know only GET and POST: a posted form says the others in its `_method` field. */
export const methodOverride: RequestHandler = (req, _res, next) => {
  if (req.method === 'POST' && req.is('application/x-www-form-urlencoded')) {
    const { _method: method, ...body } = req.body as Record<string, unknown>;
    if (typeof method === 'string' && METHODS.has(method.toUpperCase())) req.method = method.toUpperCase();
    req.body = body;
  }
  next();
};
