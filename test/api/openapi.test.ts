import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openapi } from '../../src/api/openapi.ts';

interface Parameter {
  name: string;
  in: string;
  description?: string;
  schema: { type?: string | string[]; anyOf?: unknown; example?: unknown; examples?: unknown[] };
}
interface Response {
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: unknown }>;
}
interface OperationObject {
  operationId: string;
  description?: string;
  tags: string[];
  parameters?: Parameter[];
  responses: Record<string, Response>;
}
const document = openapi() as {
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, unknown> };
};

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, ...operation })),
);

suite('The OpenAPI document', () => {
  test('names and describes every operation, under a tag that is described', () => {
    const tags = new Set(document.tags.filter(({ description }) => description).map(({ name }) => name));
    for (const { name, operationId, description, tags: own } of operations) {
      assert.match(operationId, /^[a-z]+([A-Z][a-z]+)*$/, name);
      assert.ok(description, name);
      assert.deepEqual(
        own.filter((tag) => !tags.has(tag)),
        [],
        name,
      );
    }
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    assert.deepEqual([...new Set(operations.flatMap(({ tags: own }) => own))].sort(), [...tags].sort());
  });

  test('has every parameter of a path, and no other', () => {
    for (const { name, path, parameters = [] } of operations) {
      const inPath = parameters.filter((one) => one.in === 'path').map((one) => one.name);
      assert.deepEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, each]) => each).sort(), inPath.sort(), name);
    }
  });

  test('has integers for ids, in paths and in every schema', () => {
    for (const { name, parameters = [] } of operations)
      for (const { name: parameter, schema } of parameters.filter((one) => one.in === 'path'))
        assert.equal(schema.type, 'integer', `${name} ${parameter}`);
    const wrong: string[] = [];
    const visit = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        const { type } = (inner ?? {}) as { type?: string | string[] };
        if (/^(id|\w+Id)$/.test(key) && !['externalId', 'requestId', 'operationId'].includes(key) && type !== undefined)
          if (![type].flat().includes('integer')) wrong.push(`${at}.${key}`);
        visit(inner, `${at}.${key}`);
      }
    };
    visit(document.components.schemas, '');
    assert.deepEqual(wrong, []);
  });

  test('describes the rate limit with every response, and when to come back', () => {
    for (const { name, responses } of operations)
      for (const [status, { headers = {} }] of Object.entries(responses)) {
        assert.ok(headers.RateLimit && headers['RateLimit-Policy'] && headers['X-Request-Id'], `${name} ${status}`);
        if (['429', '503'].includes(status)) assert.ok(headers['Retry-After'], `${name} ${status}`);
      }
  });

  test('refers only to schemas that it has', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    assert.deepEqual(
      [...new Set(refs.map(([, name = '']) => name))].filter((name) => !(name in document.components.schemas)),
      [],
    );
  });

  test('has errors as problem documents', () => {
    for (const { name, responses } of operations)
      for (const [status, { content }] of Object.entries(responses).filter(([code]) => Number(code) >= 400))
        assert.deepEqual(Object.keys(content ?? {}), ['application/problem+json'], `${name} ${status}`);
  });
});
