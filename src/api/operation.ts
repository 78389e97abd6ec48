/** The input of an operation, parsed by its own schemas. */
import type { Request } from 'express';
import type { z } from 'zod';
import type { Bounds } from '../lib/bounds.ts';
import type { FairQueue } from '../lib/fair-queue.ts';
import type { RowBounds } from '../lib/json-stream.ts';
import type { LoadedToken } from '../models/api-token/queries.ts';
import type { Viewer } from '../database/visible-lists.ts';
import type { ProblemName } from './problem.ts';
import type { TokenScope } from '../schemas/token.ts';

export interface OperationContext<Params, Query, Body> {
  viewer: Viewer;
  token: LoadedToken;
  params: Params;
  query: Query;
  body: Body;
  req: Request;
}

export interface OperationResponse {
  status: number;
  /** Left out for a status without a body. */
  body?: unknown;
  /** Streamed instead of a body, without an ETag; `headers` has its media type. */
  text?: AsyncIterable<string>;
  headers?: Record<string, string>;
}

export interface Example {
  query?: Record<string, string>;
  /** In the first accepted media type. */
  body?: unknown;
}

export interface ResponseDoc {
  description: string;
  schema?: z.ZodType;
  /** Media type; default: application/json. */
  type?: string;
  /** Alternative media types. */
  otherTypes?: Record<string, z.ZodType>;
  /** Response headers and their descriptions. */
  headers?: Record<string, string>;
}

/** An array whose elements are read and judged one by one while they arrive. */
export interface BodyRows {
  field: string;
  /** The schema of an element. */
  row: z.ZodType;
  bounds: RowBounds;
  /** The largest body. */
  bytes: number;
}

/** Heavy work of one person, one after the other. */
type Queue = Pick<FairQueue, 'run'>;

/** An endpoint of the API: both the router and the OpenAPI document are generated from it. */
export interface Operation<Params = unknown, Query = unknown, Body = unknown> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below /api/v1, in OpenAPI syntax: `/tasks/{id}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  /** What the token must permit; null: no token is needed, and `viewer` and `token` are undefined. */
  scope: TokenScope | null;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  /** Request headers, for the documentation. */
  headers?: z.ZodObject;
  body?: z.ZodType<Body>;
  /** What a body of at most 192 kB may consist of; default: `defaultBounds`. */
  bounds?: Partial<Bounds>;
  /** The long array of a larger body. */
  rows?: BodyRows;
  /** Media types of a body that `run` reads from `req` as a stream. */
  reads?: readonly string[];
  /** A working request: shown in the documentation, and run by a test. */
  example?: Example;
  /** In which `run` waits for its turn, before it takes a connection. */
  queue?: Queue;
  /** Accepts `Idempotency-Key`. */
  idempotent?: boolean;
  /** Successful responses by status. */
  responses: Record<number, ResponseDoc>;
  /** Possible problems besides those that follow from the rest of the operation. */
  problems?: readonly ProblemName[];
  run(context: OperationContext<Params, Query, Body>): Promise<OperationResponse>;
}

/** Infers the context of `run` from the schemas. */
export const operation = <Params, Query, Body>(definition: Operation<Params, Query, Body>): Operation => definition;
