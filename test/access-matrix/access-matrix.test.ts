import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { operations } from '../../src/api/operations/index.ts';
import { createApp } from '../../src/app.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { routesOf } from '../support/routes.ts';
import { signedIn } from '../support/world.ts';
import { belongings, type Belonging, type Outcome } from './access.ts';
import { api } from './api.ts';
import { actorOf, createCast, numberHighly, parts, SECRET, type Actor, type Cast, type Part } from './cast.ts';
import { outside, pages } from './pages.ts';
import { APART, make, type Made } from './resources.ts';

interface Answer {
  status: number;
  location: string | null;
  text: string;
  headers: Headers;
}

suite('A16: access matrix', () => {
  let app: TestApp;
  let cast: Cast;
  before(async () => {
    app = await startApp({ rateLimits: false });
    await numberHighly(app);
    cast = await createCast(app);
  });
  after(() => app.close());

  test('every route and operation has an entry', () => {
    const named = (list: [method: string, path: string][]): string[] =>
      [...new Set(list.map(([method, path]) => `${method} ${path}`))].sort();
    const { settings, sequelize } = app;
    assert.deepEqual(
      named(operations.map(({ method, path }) => [method.toUpperCase(), path])),
      Object.keys(api).sort(),
    );
    const ofApi = Object.keys(api).map((operation) => operation.replace(' ', ' /api/v1').replace(/\{(\w+)\}/g, ':$1'));
    assert.deepEqual(
      named(routesOf(createApp({ settings, sequelize, log: createLogger('silent') }).router)),
      [...Object.keys(outside), ...Object.keys(pages), ...ofApi].sort(),
    );
  });

  for (const [route, { by, on, send, query, tells = false }] of Object.entries({ ...outside, ...pages })) {
    test(route, () =>
      everybody(Boolean(on), by, tells, async (part, belonging) => {
        const made = await make(on, belonging, cast, part);
        return {
          made,
          answer: await askPage(await freshly(part), route, made, {
            form: typeof send === 'function' ? send(made) : send,
            query: query?.(made),
          }),
        };
      }),
    );
  }

  for (const [route, { by, on, send, query }] of Object.entries(api)) {
    test(`${route} of the API`, () =>
      everybody(Boolean(on), by, false, async (part, belonging) => {
        const made = await make(on, belonging, cast, part);
        return {
          made,
          answer: await askApi(await freshly(part), route, made, {
            body: typeof send === 'function' ? (send as (made: Made) => unknown)(made) : send,
            query: query?.(made),
          }),
        };
      }));
  }

  /** Each part of the cast asks, of each belonging; what another's is answered is what nobody's is (A17). */
  async function everybody(
    named: boolean,
    by: Record<Belonging, Record<Part, Outcome>>,
    tells: boolean,
    ask: (part: Part, belonging: Belonging) => Promise<{ made: Made; answer: Answer }>,
  ): Promise<void> {
    for (const part of parts) {
      const answers = new Map<Belonging, string>();
      for (const belonging of named ? belongings : (['theirs'] as const)) {
        const { made, answer } = await ask(part, belonging);
        assert.equal(
          outcomeOf(answer),
          by[belonging][part],
          `${part}, ${belonging}: ${answer.status} ${answer.text.slice(0, 500)}`,
        );
        if (!tells && part !== 'member' && part !== 'owner')
          assert.ok(!answer.text.includes(SECRET), `${part} reads what is the team's`);
        if (!tells) assert.ok(!answer.text.includes(APART), `${part} reads what is nobody's of theirs`);
        answers.set(belonging, `${answer.status} ${withoutIds(answer, made)}`);
      }
      const [apart = '', none = ''] = [answers.get('apart'), answers.get('none')];
      if (named && by.apart[part] === by.none[part])
        assert.ok(
          apart === none,
          `${part} is told apart what is another's and what is not there: ${difference(apart, none)}`,
        );
    }
  }

  /** Signed in anew: what was asked before may have signed them out. */
  async function freshly(part: Part): Promise<Actor> {
    const actor = cast.actors[part];
    if (!actor.person || part === 'disabled') return actor;
    return actorOf(await signedIn(app, actor.person.user, actor.person.list));
  }

  const askPage = (
    { client }: Actor,
    route: string,
    made: Made,
    { form, query }: { form?: Record<string, string> | undefined; query?: Record<string, string> | undefined },
  ): Promise<Answer> => {
    const [method = '', path = ''] = route.split(' ');
    const address = filled(path, made, /:(\w+)/g, query);
    return method === 'GET' ? client.get(address) : client.request(method, address, { form: form ?? {} });
  };

  async function askApi(
    { authorization }: Actor,
    route: string,
    made: Made,
    { body, query }: { body?: unknown; query?: Record<string, string> | undefined },
  ): Promise<Answer> {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(`${app.url}/api/v1${filled(path, made, /\{(\w+)\}/g, query)}`, {
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

const MISTAKES = [400, 415, 422];
/** Not where it says that something is done. */
const SIGN_IN = /^\/login($|\?next=)/;

function outcomeOf({ status, location, text }: Answer): Outcome {
  if (status === 401 || (location !== null && SIGN_IN.test(location))) return 'sign in';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'missing';
  if (MISTAKES.includes(status)) return 'refused';
  assert.ok(status < 400, `${status} ${text}`);
  return 'ok';
}

const filled = (path: string, made: Made, parameter: RegExp, query: Record<string, string> = {}): string => {
  const asked = new URLSearchParams(query).toString();
  return path.replace(parameter, (_, name: string) => made[name] ?? '') + (asked && `?${asked}`);
};

/** What differs between two answers that say the same: ids, the number of the request, the key of a form. */
const withoutIds = ({ text, headers }: Answer, made: Made): string =>
  [...Object.values(made), headers.get('x-request-id') ?? '']
    .filter(Boolean)
    .reduce((rest, id) => rest.replaceAll(id, '#'), text)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#')
    .replace(/data-now="\d+"/, '');

function difference(one: string, other: string): string {
  const at = [...one].findIndex((character, index) => character !== other[index]);
  return `${one.slice(Math.max(0, at - 60), at + 60)} | ${other.slice(Math.max(0, at - 60), at + 60)}`;
}
