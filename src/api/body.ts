import { createHash } from 'node:crypto';
import express from 'express';
import type { Request, RequestHandler } from 'express';
import { badRequest, HttpError } from '../lib/http-error.ts';
import { InvalidJsonError, readJsonStream } from '../lib/json-stream.ts';
import { MAX_ERRORS, type FieldError, ValidationError } from '../lib/errors.ts';
import { parse, parseValue } from '../lib/parse.ts';
import { readAndDrain } from '../lib/upload.ts';
import { refuseEncoding } from '../middleware/body.ts';
import { ignoredFields } from '../schemas/shared.ts';
import type { BodyRows, Operation } from './operation.ts';

/** Fits the longest possible task. */
const BODY_LIMIT = '192kb';
const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/** The middleware that reads an operation's body, or prepares it to be read by the operation. */
export function bodyParsers({ body, reads, rows }: Operation): RequestHandler[] {
  if (reads) return [refuseEncoding, requireMediaType([...reads])];
  if (!body) return [];
  const checks = [refuseEncoding, requireMediaType(JSON_TYPES)];
  return rows ? checks : [...checks, express.json({ limit: BODY_LIMIT, type: JSON_TYPES, inflate: false })];
}

export interface ParsedBody {
  body: unknown;
  /** Equal for equal requests. */
  identity: string;
  /** Read-only fields that it names. */
  ignored: string[];
}

/** @throws ValidationError, HttpError 400 and 413 */
export async function parseBody(operation: Operation, req: Request): Promise<ParsedBody> {
  const { body: schema, rows, bounds } = operation;
  if (schema && rows) return parseRows(schema, rows, req);
  return {
    body: schema && parse(schema, req.body ?? {}, bounds),
    identity: operation.idempotent ? JSON.stringify(req.body) : '',
    ignored: schema ? ignoredFields(schema, req.body) : [],
  };
}

/**
 * Judges the elements of the long array one by one while they arrive, and stops at a hundred errors. The rest of a body
 * that is refused is not read into memory.
 */
function parseRows(schema: NonNullable<Operation['body']>, rows: BodyRows, req: Request): Promise<ParsedBody> {
  const { field, row: rowSchema, bounds, bytes } = rows;
  if (Number(req.get('content-length') ?? 0) > bytes) throw new HttpError(413, 'errors.tooLarge');
  return readAndDrain(req, async (chunks) => {
    const digest = createHash('sha256');
    const errors: FieldError[] = [];
    const judged: unknown[] = [];
    const ignored = new Set<string>();
    const attempt = <T>(prefix: string, work: () => T): T | undefined => {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error;
        for (const { path, ...rest } of error.errors)
          errors.push({ ...rest, path: [prefix, path].filter((part) => part !== '').join('.') });
        return undefined;
      }
    };
    const text = decoded(chunks, bytes, (chunk) => digest.update(chunk));
    const rest = await readJsonStream(text, field, bounds, (row, index) => {
      const value = attempt(`${field}.${String(index)}`, () =>
        parseValue(rowSchema, row, { values: bounds.row.values }),
      );
      judged.push(value);
      for (const name of ignoredFields(rowSchema, row)) ignored.add(`${field}.${name}`);
      if (errors.length >= MAX_ERRORS) throw new ValidationError(errors);
    }).catch((error: unknown) => {
      throw error instanceof InvalidJsonError ? badRequest() : error;
    });
    const body = attempt('', () => parse(schema, rest));
    if (errors.length > 0) throw new ValidationError(errors);
    return {
      body: { ...(body as object), [field]: judged },
      identity: digest.digest('base64url'),
      ignored: [...ignored],
    };
  });
}

/** JSON is UTF-8 (RFC 8259 §8.1). */
async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
  onChunk: (chunk: Uint8Array) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw badRequest();
    }
  };
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > bytes) throw new HttpError(413, 'errors.tooLarge');
    onChunk(chunk);
    yield decode(chunk);
  }
  yield decode();
}

function requireMediaType(types: string[]): RequestHandler {
  return (req, _res, next) => {
    // `is` returns null for a request without a body.
    if (req.is(types) === false) throw new HttpError(415, 'errors.unsupported');
    next();
  };
}
