/** Checks API responses against the published OpenAPI document. */
import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openapi } from '../../src/api/openapi.ts';

interface OpenApiDocument {
  paths: Record<
    string,
    Record<
      string,
      { responses: Record<string, { content?: Record<string, unknown>; headers?: Record<string, unknown> }> }
    >
  >;
}

const document = openapi() as OpenApiDocument;
const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(document, 'openapi');

/** The documented path that matches an address; the one with the fewest parameters if several do. */
function documentedPath(address: string): string | undefined {
  return Object.keys(document.paths)
    .filter((path) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(address))
    .sort((a, b) => a.split('{').length - b.split('{').length)[0];
}

/**
 * @param path below /api/v1, without the query
 * @param selects whether the request names the fields that it wants: then others may be missing
 * @throws AssertionError if the response is not documented
 */
export function assertDocumented(
  method: string,
  path: string,
  answer: { status: number; headers: Headers; body: unknown },
  selects = false,
): void {
  const found = documentedPath(path);
  const responses = found && document.paths[found]?.[method.toLowerCase()]?.responses;
  // Unknown routes are not documented.
  if (!found || !responses) {
    assert.ok(
      [404, 405].includes(answer.status),
      `${method} ${path} is not documented, but responded with ${String(answer.status)}`,
    );
    return;
  }
  if (answer.status === 304) return;
  const response = responses[String(answer.status)];
  assert.ok(response, `${method} ${found}: ${String(answer.status)} is not documented: ${JSON.stringify(answer.body)}`);
  if (answer.body === null) {
    assert.ok(!response.content, `${method} ${found}: ${String(answer.status)} should have a body`);
    return;
  }
  const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
  assert.ok(response.content?.[type], `${method} ${found}: ${String(answer.status)} is not documented as ${type}`);
  const pointer = ['paths', found, method.toLowerCase(), 'responses', String(answer.status), 'content', type, 'schema']
    .map((part) => part.replace(/~/g, '~0').replace(/\//g, '~1'))
    .join('/');
  const validate =
    ajv.getSchema(`openapi#/${encodeURI(pointer)}`) ?? ajv.compile({ $ref: `openapi#/${encodeURI(pointer)}` });
  void validate(answer.body);
  const wrong = (validate.errors ?? []).filter(({ keyword }) => !selects || keyword !== 'required');
  assert.ok(
    wrong.length === 0,
    `${method} ${found}: ${ajv.errorsText(wrong)} in ${JSON.stringify(answer.body).slice(0, 500)}`,
  );
}
