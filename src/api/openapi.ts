import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Operation } from './operation.ts';
import { operations } from './operations/index.ts';
import { problemKinds, type ProblemKind, type ProblemName } from './problem.ts';
import { IGNORED_FIELDS, MAX_KEY_LENGTH } from './serve.ts';
import { hasReserved, problemSchema } from '../schemas/shared.ts';

type Method = RouteConfig['method'];

const BEARER = 'bearer';
/** Problems that every operation can respond with. */
const commonProblems: ProblemName[] = ['malformed', 'tooMany', 'internal', 'unavailable'];

const tags: Record<string, string> = {
  Tokens: 'Programs sign in with tokens.',
  Tasks: 'Tasks, with those in the trash.',
  Categories: 'Coloured labels of a list.',
  Lists: 'Your personal list and those of your teams, and their changes in order.',
  Teams: 'Groups of people who share a list.',
  Invitations: 'How people join a team.',
  Activity: 'What has happened in your lists.',
  Follows: 'Followed tasks, and the inbox of what others changed in them.',
  Me: 'Your own account.',
  Sessions: 'The browsers in which you are signed in.',
  Users: 'Accounts, for administrators.',
  Administration: 'Audit log and mails, for administrators.',
  'Import and export': 'Lists as files.',
};

let document: object | undefined;

/**
 * The OpenAPI 3.1 document, generated from the schemas that validate the requests.
 * @see https://spec.openapis.org/oas/v3.1.1
 */
export function openapi(): object {
  document ??= new OpenApiGeneratorV31(registryOf(operations).definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Taskwire',
      version: '1',
      description: description(),
      license: { name: 'MIT', identifier: 'MIT' },
      contact: { name: 'The administrator of this server' },
    },
    servers: [{ url: '/api/v1' }],
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    security: [{ [BEARER]: [] }],
  });
  return document;
}

function registryOf(all: typeof operations): OpenAPIRegistry {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', BEARER, {
    type: 'http',
    scheme: 'bearer',
    description: 'A token from `POST /login` or from the settings.',
  });
  for (const one of all) registry.registerPath(pathOf(one));
  return registry;
}

function pathOf(one: (typeof operations)[number]): RouteConfig {
  return {
    method: one.method satisfies Method,
    path: one.path,
    operationId: one.id,
    tags: [one.tag],
    summary: one.summary,
    ...describe(one),
    ...(one.scope === null && { security: [] }),
    request: {
      ...(one.params && { params: one.params as z.ZodObject }),
      ...(one.query && { query: one.query as z.ZodObject }),
      ...headersOf(one),
      ...(one.reads && {
        body: {
          required: true,
          content: Object.fromEntries(
            one.reads.map((type) => [type, { schema: z.string(), ...(type === one.reads?.[0] && exampleOf(one)) }]),
          ),
        },
      }),
      ...(one.body && {
        body: { required: true, content: { 'application/json': { schema: one.body, ...exampleOf(one) } } },
      }),
    },
    responses: { ...responsesOf(withIgnoredFields(one)), ...problemsOf(one) },
  };
}

const idempotencyKey = z.object({
  'Idempotency-Key': z.string().max(MAX_KEY_LENGTH).optional().meta({
    description: 'Any unique text, kept for a day: repeating the request with it returns the first response.',
  }),
});

function headersOf({ headers, idempotent }: Operation): { headers?: z.ZodObject } {
  const all = [headers, idempotent && idempotencyKey].filter((one) => one !== undefined && one !== false);
  return all.length > 0
    ? { headers: z.object(Object.assign({}, ...all.map(({ shape }) => shape)) as z.ZodRawShape) }
    : {};
}

const exampleOf = ({ example }: Operation): { example?: unknown } =>
  example?.body === undefined ? {} : { example: example.body };

/** OpenAPI has examples for single parameters, but not for a whole query. */
function describe({ summary, description, path, example }: Operation): { description: string } {
  const exampleQuery =
    example?.query &&
    `Example: \`${path}?${Object.entries(example.query)
      .map(([name, value]) => `${name}=${value}`)
      .join('&')}\`.`;
  return { description: [description ?? `${summary}.`, exampleQuery].filter(Boolean).join('\n\n') };
}

/** With the header that names the read-only fields of the body. */
function withIgnoredFields(one: Operation): Pick<Operation, 'responses'> {
  const bodies = [one.body, one.rows?.row].filter((schema) => schema !== undefined);
  if (!bodies.some(hasReserved)) return one;
  const meaning = 'The fields of the body that were ignored, because they are read-only.';
  const entries = Object.entries(one.responses).map(([status, response]) => [
    status,
    { ...response, headers: { ...response.headers, [IGNORED_FIELDS]: meaning } },
  ]);
  return { responses: Object.fromEntries(entries) as Operation['responses'] };
}

function responsesOf({ responses }: Pick<Operation, 'responses'>): Record<string, ResponseConfig> {
  return Object.fromEntries(
    Object.entries(responses).map(
      ([status, { description: text, schema, headers, type = 'application/json', otherTypes = {} }]) => [
        status,
        {
          description: text,
          ...(schema && {
            content: {
              [type]: { schema },
              ...Object.fromEntries(Object.entries(otherTypes).map(([other, its]) => [other, { schema: its }])),
            },
          }),
          headers: {
            ...Object.fromEntries(
              Object.entries(headers ?? {}).map(([name, meaning]) => [
                name,
                { description: meaning, schema: { type: name === 'X-Total-Count' ? ('integer' as const) : 'string' } },
              ]),
            ),
            ...limitHeaders,
          },
        },
      ],
    ),
  );
}

/** Headers of every response, besides its own. */
const limitHeaders = {
  RateLimit: {
    description: 'What is left: `r` requests for the next `t` seconds.',
    schema: { type: 'string' as const, examples: ['"requests";r=599;t=60'] },
  },
  'RateLimit-Policy': {
    description: 'The limit: `q` requests in `w` seconds.',
    schema: { type: 'string' as const, examples: ['"requests";q=600;w=60'] },
  },
  'X-Request-Id': {
    description: 'Names the request in the log of the server.',
    schema: { type: 'string' as const },
  },
};

const retryAfter = {
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' as const, examples: [12] } },
};

/** Several kinds can share a status. */
function problemsOf(one: Operation): Record<string, ResponseConfig> {
  const names: ProblemName[] = [
    ...commonProblems,
    ...(one.scope ? (['unauthenticated', 'forbidden'] as const) : []),
    ...(one.params ? (['notFound'] as const) : []),
    ...((one.body ?? one.reads) ? (['validation', 'tooLarge', 'unsupportedMediaType'] as const) : []),
    ...(one.idempotent ? (['idempotencyMismatch'] as const) : []),
    ...(one.problems ?? []),
  ];
  const meanings = new Map<number, Set<string>>();
  for (const name of names) {
    const kind: ProblemKind = problemKinds[name];
    meanings.set(kind.status, (meanings.get(kind.status) ?? new Set()).add(`${String(kind.code)}: ${kind.meaning}`));
  }
  return Object.fromEntries(
    [...meanings].map(([status, texts]) => [
      String(status),
      {
        description: [...texts].join('\n\n'),
        headers: { ...limitHeaders, ...(status === 429 || status === 503 ? retryAfter : {}) },
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}

function description(): string {
  const rows = Object.entries(problemKinds).map(
    ([name, { code, status, meaning }]: [string, ProblemKind]) =>
      `| \`…/api/docs#${name}\` | ${String(code)} | ${String(status)} | ${meaning} |`,
  );
  return [
    'Authenticate with a token: `Authorization: Bearer …`.',
    'Collections are JSON arrays; `Link` with `rel="next"` is the URL of the next page, exact while others write. ' +
      'Those with a total can be read by `page` and `perPage` too.',
    'Ids are integers, times ISO 8601 in UTC, days `YYYY-MM-DD`. Responses have an `ETag`; send it in `If-Match` to ' +
      'avoid overwriting the changes of others. `POST` accepts an `Idempotency-Key`: repeating a request with it ' +
      'returns the first response and does nothing twice. What `GET` returns can be sent back: `Ignored-Fields` names ' +
      'the fields that are read-only.',
    'Requests are limited by person, over all tokens: `RateLimit` says what is left, and a 429 has `Retry-After`.',
    'Errors are `application/problem+json` (RFC 9457). `title` is fixed for each `type`, `detail` is about this ' +
      'request, and each of `errors` has a `code` and a sentence for its field:',
    ['| type | code | status | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}
