import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { operations } from '../../src/api/operations/index.ts';
import { createApp } from '../../src/app.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { routesOf } from '../support/routes.ts';
import { signedIn } from '../support/world.ts';
import { ownerships, type Ownership, type Outcome } from './access.ts';
import { api } from './api.ts';
import {
  actorOf,
  createFixtures,
  startIdsHigh,
  roles,
  SECRET,
  type Actor,
  type Fixtures,
  type Role,
} from './fixtures.ts';
import { publicRoutes, pages } from './pages.ts';
import { OTHER_SECRET, createResource, type Params } from './resources.ts';

interface Answer {
  status: number;
  location: string | null;
  text: string;
  headers: Headers;
}

suite('A16: access matrix', () => {
  let app: TestApp;
  let fixtures: Fixtures;
  before(async () => {
    app = await startApp({ rateLimits: false });
    await startIdsHigh(app);
    fixtures = await createFixtures(app);
  });
  after(() => app.close());

  test('every route and operation has an entry', () => {
    const uniqueSorted = (list: [method: string, path: string][]): string[] =>
      [...new Set(list.map(([method, path]) => `${method} ${path}`))].sort();
    const { settings, sequelize } = app;
    assert.deepEqual(
      uniqueSorted(operations.map(({ method, path }) => [method.toUpperCase(), path])),
      Object.keys(api).sort(),
    );
    const apiRoutes = Object.keys(api).map((operation) =>
      operation.replace(' ', ' /api/v1').replace(/\{(\w+)\}/g, ':$1'),
    );
    assert.deepEqual(
      uniqueSorted(routesOf(createApp({ settings, sequelize, log: createLogger('silent') }).router)),
      [...Object.keys(publicRoutes), ...Object.keys(pages), ...apiRoutes].sort(),
    );
  });

  for (const [route, { by, on, send, query, revealsTeam = false }] of Object.entries({ ...publicRoutes, ...pages })) {
    test(route, () =>
      checkAllRoles(Boolean(on), by, revealsTeam, async (role, ownership) => {
        const params = await createResource(on, ownership, fixtures, role);
        return {
          params,
          answer: await requestPage(await signInAgain(role), route, params, {
            form: typeof send === 'function' ? send(params) : send,
            query: query?.(params),
          }),
        };
      }),
    );
  }

  for (const [route, { by, on, send, query, revealsTeam = false }] of Object.entries(api)) {
    test(`${route} of the API`, () =>
      checkAllRoles(Boolean(on), by, revealsTeam, async (role, ownership) => {
        const params = await createResource(on, ownership, fixtures, role);
        return {
          params,
          answer: await requestApi(await signInAgain(role), route, params, {
            body: typeof send === 'function' ? (send as (params: Params) => unknown)(params) : send,
            query: query?.(params),
          }),
        };
      }));
  }

  /** Sends the request in every role, for own, foreign and missing records; the last two get the same response (A17). */
  async function checkAllRoles(
    hasResource: boolean,
    by: Record<Ownership, Record<Role, Outcome>>,
    revealsTeam: boolean,
    send: (role: Role, ownership: Ownership) => Promise<{ params: Params; answer: Answer }>,
  ): Promise<void> {
    for (const role of roles) {
      const responses = new Map<Ownership, string>();
      for (const ownership of hasResource ? ownerships : (['own'] as const)) {
        const { params, answer } = await send(role, ownership);
        assert.equal(
          outcomeOf(answer),
          by[ownership][role],
          `${role}, ${ownership}: ${answer.status} ${answer.text.slice(0, 500)}`,
        );
        if (!revealsTeam && role !== 'member' && role !== 'owner')
          assert.ok(!answer.text.includes(SECRET), `${role} can read the team's data`);
        if (!revealsTeam) assert.ok(!answer.text.includes(OTHER_SECRET), `${role} can read another person's data`);
        responses.set(ownership, `${answer.status} ${withoutIds(answer, params)}`);
      }
      const [other = '', missing = ''] = [responses.get('other'), responses.get('missing')];
      if (hasResource && by.other[role] === by.missing[role])
        assert.ok(
          other === missing,
          `${role} can distinguish foreign from missing records: ${difference(other, missing)}`,
        );
    }
  }

  /** Signs the actor in again, because an earlier request may have signed them out. */
  async function signInAgain(role: Role): Promise<Actor> {
    const actor = fixtures.actors[role];
    if (!actor.person || role === 'disabled') return actor;
    return actorOf(await signedIn(app, actor.person.user, actor.person.list));
  }

  const requestPage = (
    { client }: Actor,
    route: string,
    params: Params,
    { form, query }: { form?: Record<string, string> | undefined; query?: Record<string, string> | undefined },
  ): Promise<Answer> => {
    const [method = '', path = ''] = route.split(' ');
    const address = fillPath(path, params, /:(\w+)/g, query);
    return method === 'GET' ? client.get(address) : client.request(method, address, { form: form ?? {} });
  };

  async function requestApi(
    { authorization }: Actor,
    route: string,
    params: Params,
    { body, query }: { body?: unknown; query?: Record<string, string> | undefined },
  ): Promise<Answer> {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(`${app.url}/api/v1${fillPath(path, params, /\{(\w+)\}/g, query)}`, {
      method,
      headers: {
        ...(authorization && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, location: null, text: await response.text(), headers: response.headers };
  }
});

const INVALID_STATUSES = [400, 415, 422];
/** The plain sign-in page, not one that confirms an action. */
const SIGN_IN = /^\/login($|\?next=)/;

function outcomeOf({ status, location, text }: Answer): Outcome {
  if (status === 401 || (location !== null && SIGN_IN.test(location))) return 'sign in';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not found';
  if (INVALID_STATUSES.includes(status)) return 'invalid';
  assert.ok(status < 400, `${status} ${text}`);
  return 'ok';
}

const fillPath = (path: string, params: Params, parameter: RegExp, query: Record<string, string> = {}): string => {
  const queryString = new URLSearchParams(query).toString();
  return path.replace(parameter, (_, name: string) => params[name] ?? '') + (queryString && `?${queryString}`);
};

/** Removes what differs between equivalent responses: ids, request ids and form keys. */
const withoutIds = ({ text, headers }: Answer, params: Params): string =>
  [...Object.values(params), headers.get('x-request-id') ?? '']
    .filter(Boolean)
    .reduce((rest, id) => rest.replaceAll(id, '#'), text)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#')
    .replace(/data-now="\d+"/, '');

function difference(one: string, other: string): string {
  const at = [...one].findIndex((character, index) => character !== other[index]);
  return `${one.slice(Math.max(0, at - 60), at + 60)} | ${other.slice(Math.max(0, at - 60), at + 60)}`;
}
