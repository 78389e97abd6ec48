import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { runAs } from '../database/transaction.ts';
import { shownName } from '../lib/bounds.ts';
import { notFound } from '../lib/http-error.ts';
import { InvalidQueryError, ValidationError } from '../lib/errors.ts';
import { parse } from '../lib/parse.ts';
import { uploadQueue } from '../lib/upload.ts';
import { streamResponse } from '../lib/stream-response.ts';
import { inTurn } from '../middleware/limits.ts';
import { type StoredResponse, answerOnce } from '../models/api-token/idempotency.ts';
import type { OperationContext, Operation, OperationResponse } from './operation.ts';
import { authenticateToken } from './bearer.ts';
import { bodyParsers, parseBody } from './body.ts';
import { entityTag, matchesIfNoneMatch } from './response.ts';
import { limitRate } from './rate-limit.ts';

export const MAX_KEY_LENGTH = 200;
/** Names of the body that were accepted and ignored, because they are read-only. */
export const IGNORED_FIELDS = 'Ignored-Fields';

/** The middleware that serves an operation: authentication, parsing, idempotency, response. */
export function serve(operation: Operation): RequestHandler[] {
  return [authenticate(operation), ...bodyParsers(operation), authenticateAgain(operation), run(operation)];
}

/** Runs before the body is read, so that nobody sends megabytes without a token. */
function authenticate({ scope }: Operation): RequestHandler {
  return async (req, res, next) => {
    if (scope) await authenticateToken(req, res, scope);
    limitRate(req, res);
    res.locals.heldBack = !req.complete;
    next();
  };
}

/**
 * Who holds the body back gets no more time than the token has. A body that is read later, row by row or by the
 * operation, is followed by a unit of work, which asks for itself.
 */
function authenticateAgain({ scope }: Operation): RequestHandler {
  return async (req, res, next) => {
    if (!scope) {
      next();
      return;
    }
    const { id, viewer } = res.locals.heldBack ? await authenticateToken(req, res, scope) : res.locals.token;
    runAs({ userId: viewer.id, credentials: { tokenId: id } }, next);
  };
}

function run(operation: Operation): RequestHandler {
  return async (req, res) => {
    const { token } = res.locals as Partial<Express.Locals>;
    const params = operation.params ? parsePath(operation.params, req.params) : {};
    const query = operation.query ? parseQuery(operation.query, req.query) : refuseQuery(req.query);
    const read = () => parseBody(operation, req);
    const { body, identity, ignored } =
      token && operation.rows ? await uploadQueue.run(token.viewer.id, read) : await read();
    if (ignored.length > 0) res.set(IGNORED_FIELDS, ignored.join(', '));
    const context = {
      token,
      viewer: token?.viewer,
      params,
      query,
      body,
      req,
    } as OperationContext<unknown, unknown, unknown>;
    const key = operation.idempotent ? idempotencyKey(req) : undefined;
    const work = async (): Promise<() => void | Promise<void>> => {
      if (key === undefined) {
        const response = await operation.run(context);
        return () => sendResponse(req, res, response);
      }
      const kept = await answerOnce(
        context.viewer,
        { key, request: `${req.method} ${req.originalUrl} ${identity}` },
        async () => serialize(await operation.run(context)),
      );
      return () => {
        send(req, res, kept);
      };
    };
    const workInTurn = (): ReturnType<typeof work> => {
      if (operation.queue) return operation.queue.run(context.viewer.id, work);
      // A file that the operation reads may take minutes to arrive.
      return token && !operation.reads ? inTurn(token.viewer.id, work) : work();
    };
    const respond = await workInTurn();
    await respond();
  };
}

async function sendResponse(req: Request, res: Response, response: OperationResponse): Promise<void> {
  const { status, headers = {}, text } = response;
  if (!text) send(req, res, serialize(response));
  else await streamResponse(res.status(status).set(headers), text);
}

function serialize({ status, body, headers = {} }: OperationResponse): StoredResponse {
  return { status, headers, body: body === undefined ? '' : JSON.stringify(body) };
}

/** Only the client itself may cache what it reads, and must revalidate it by its ETag. */
function send(req: Request, res: Response, { status, headers, body }: StoredResponse): void {
  res.set(headers);
  if (req.method === 'GET' && status === 200) {
    const tag = headers.ETag ?? entityTag(body);
    res.set({ ETag: tag, 'Cache-Control': 'private, no-cache' });
    if (matchesIfNoneMatch(req, tag)) {
      res.status(304).end();
      return;
    }
  }
  if (body === '') res.status(status).end();
  else res.status(status).type('json').send(body);
}

function parsePath<Schema extends z.ZodType>(schema: Schema, params: unknown): z.output<Schema> {
  const result = schema.safeParse(params);
  if (!result.success) throw notFound();
  return result.data;
}

function parseQuery<Schema extends z.ZodType>(schema: Schema, query: unknown): z.output<Schema> {
  try {
    return parse(schema, query);
  } catch (error) {
    throw error instanceof ValidationError ? new InvalidQueryError(error.errors) : error;
  }
}

function refuseQuery(query: object): object {
  const [unknown] = Object.keys(query);
  if (unknown !== undefined)
    throw new InvalidQueryError({ path: shownName(unknown), message: 'errors.parameterUnknown' });
  return {};
}

function idempotencyKey(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key !== undefined && (key === '' || key.length > MAX_KEY_LENGTH))
    throw new InvalidQueryError({
      path: 'Idempotency-Key',
      message: 'errors.idempotencyKey',
      params: { max: MAX_KEY_LENGTH },
    });
  return key;
}
