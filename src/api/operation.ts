import type { Request } from 'express';
import type { z } from 'zod';
import type { LoadedToken } from '../models/api-token/queries.ts';
import type { TokenScope } from '../models/api-token/api-token.ts';
import type { Viewer } from '../database/visible-lists.ts';
import type { ProblemName } from './problem.ts';

/** What an operation is asked: everything in it has been read by the operation's own schemas. */
export interface OperationContext<Params, Query, Body> {
  viewer: Viewer;
  token: LoadedToken;
  params: Params;
  query: Query;
  body: Body;
  req: Request;
}

export interface Answer {
  status: number;
  /** Left out where the status has none. */
  body?: unknown;
  /** Sent instead of a body, piece by piece and without a tag; its media type is among the headers. */
  text?: AsyncIterable<string>;
  headers?: Record<string, string>;
}

export interface Example {
  query?: Record<string, string>;
  /** Of the first media type that is taken. */
  body?: unknown;
}

export interface ResponseDoc {
  description: string;
  schema?: z.ZodType;
  /** The answer's media type; JSON unless given. */
  type?: string;
  /** What it may be instead, by media type. */
  otherTypes?: Record<string, z.ZodType>;
  /** Header fields of the answer with what they mean. */
  headers?: Record<string, string>;
}

/**
 * One operation of the API: what serves it and what documents it, in one place. The router and the OpenAPI
 * document are both made from these.
 */
export interface Operation<Params = unknown, Query = unknown, Body = unknown> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below /api/v1, as OpenAPI writes it: `/tasks/{id}`. */
  path: string;
  /** The noun under which the documentation shows it. */
  tag: string;
  summary: string;
  description?: string;
  /** What the token must be allowed; null: no token is asked for, and `viewer` and `token` are not there. */
  scope: TokenScope | null;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  /** Header fields of the request, for the documentation. */
  headers?: z.ZodObject;
  body?: z.ZodType<Body>;
  /** Largest body, as `express.json` says it; 192kb unless given. */
  bodyLimit?: string;
  /** Media types of a body that `run` itself reads from `req`, while it arrives. */
  reads?: readonly string[];
  /** A request that does something: shown in the documentation, and run by a test. */
  example?: Example;
  /** Takes `Idempotency-Key`. */
  idempotent?: boolean;
  /** Successful answers by status. */
  answers: Record<number, ResponseDoc>;
  /** The kinds of problem that it may answer with, besides those of every operation. */
  problems?: readonly ProblemName[];
  run(asked: OperationContext<Params, Query, Body>): Promise<Answer>;
}

/** Infers what `run` is asked from the schemas. */
export const operation = <Params, Query, Body>(defined: Operation<Params, Query, Body>): Operation => defined;

export const ok = (body: unknown, headers: Record<string, string> = {}): Answer => ({ status: 200, body, headers });
export const noContent: Answer = { status: 204 };
