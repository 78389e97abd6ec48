import express, { type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { HttpError, notFound } from '../lib/http-error.ts';
import { InvalidQueryError, ValidationError } from '../lib/errors.ts';
import { parse } from '../lib/parse.ts';
import { streamResponse } from '../lib/stream-response.ts';
import type { KeptAnswer } from '../models/api-token/idempotency-key.ts';
import { IdempotencyKey } from '../models/index.ts';
import { bearerOf } from './bearer.ts';
import { entityTag, isHeld } from './entity-tag.ts';
import type { Answer, OperationContext, Operation } from './operation.ts';
import { countRequest } from './rate-limit.ts';

/** Above the longest task that may be. */
const BODY_LIMIT = '192kb';
const KEY_LENGTH = 200;

/** What serves an operation: token and scope, schemas, once for each key, the answer. */
export function serve(operation: Operation): RequestHandler[] {
  return [identify(operation), ...bodyParsers(operation), answer(operation)];
}

/** Before the body is read: nobody sends megabytes without a token. */
function identify({ scope }: Operation): RequestHandler {
  return async (req, res, next) => {
    if (scope) await bearerOf(req, res, scope);
    await countRequest(req, res);
    next();
  };
}

function bodyParsers({ body, bodyLimit, reads }: Operation): RequestHandler[] {
  if (reads) return [refuseOther([...reads])];
  if (!body) return [];
  return [refuseOther(JSON_TYPES), express.json({ limit: bodyLimit ?? BODY_LIMIT, type: JSON_TYPES })];
}

function refuseOther(types: string[]): RequestHandler {
  return (req, _res, next) => {
    // `is` says null where there is no body at all.
    if (req.is(types) === false) throw new HttpError(415, 'errors.unsupported');
    next();
  };
}

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

function answer(operation: Operation): RequestHandler {
  return async (req, res) => {
    const { token } = res.locals as Partial<Express.Locals>;
    const asked = {
      token,
      viewer: token?.viewer,
      params: operation.params ? readPath(operation.params, req.params) : {},
      query: operation.query ? readQuery(operation.query, req.query) : refuseQuery(req.query),
      body: operation.body ? parse(operation.body, req.body ?? {}) : undefined,
      req,
    } as OperationContext<unknown, unknown, unknown>;
    const key = operation.idempotent ? idempotencyKey(req) : undefined;
    if (key === undefined) {
      await sendAnswer(req, res, await operation.run(asked));
      return;
    }
    const run = async (): Promise<KeptAnswer> => written(await operation.run(asked));
    const kept = await IdempotencyKey.answerOnce(
      asked.viewer,
      { key, request: `${req.method} ${req.originalUrl} ${JSON.stringify(req.body)}` },
      run,
    );
    send(req, res, kept);
  };
}

async function sendAnswer(req: Request, res: Response, given: Answer): Promise<void> {
  const { status, headers = {}, text } = given;
  if (!text) send(req, res, written(given));
  else await streamResponse(res.status(status).set(headers), text);
}

function written({ status, body, headers = {} }: Answer): KeptAnswer {
  return { status, headers, body: body === undefined ? '' : JSON.stringify(body) };
}

/** What is read may be kept by the client alone, and asked for again by its tag. */
function send(req: Request, res: Response, { status, headers, body }: KeptAnswer): void {
  res.set(headers);
  if (req.method === 'GET' && status === 200) {
    const tag = headers.ETag ?? entityTag(body);
    res.set({ ETag: tag, 'Cache-Control': 'private, no-cache' });
    if (isHeld(req, tag)) {
      res.status(304).end();
      return;
    }
  }
  if (body === '') res.status(status).end();
  else res.status(status).type('json').send(body);
}

function readPath<Schema extends z.ZodType>(schema: Schema, params: unknown): z.output<Schema> {
  const read = schema.safeParse(params);
  if (!read.success) throw notFound();
  return read.data;
}

function readQuery<Schema extends z.ZodType>(schema: Schema, query: unknown): z.output<Schema> {
  try {
    return parse(schema, query);
  } catch (error) {
    throw error instanceof ValidationError ? new InvalidQueryError(...error.errors) : error;
  }
}

function refuseQuery(query: object): object {
  const [unknown] = Object.keys(query);
  if (unknown !== undefined) throw new InvalidQueryError({ path: unknown, message: 'errors.parameterUnknown' });
  return {};
}

function idempotencyKey(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key !== undefined && (key === '' || key.length > KEY_LENGTH))
    throw new InvalidQueryError({
      path: 'Idempotency-Key',
      message: 'errors.idempotencyKey',
      params: { max: KEY_LENGTH },
    });
  return key;
}
