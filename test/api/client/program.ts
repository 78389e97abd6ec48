/**
 * What a stranger writes: a typed client, generated from the OpenAPI document. Type-checked and run by
 * test/api/client.test.ts, which generates `schema.d.ts` beside a copy of it.
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';

type Task = components['schemas']['Task'];

/** @returns what it has seen, for the test */
export async function run(baseUrl: string, token: string) {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });

  // Create, read, update, delete.
  const created = await client.POST('/tasks', { body: { description: 'Typed', priority: 1 } });
  if (!created.data) throw new Error(created.error.detail);
  const { id, listId }: Task = created.data;
  const params = { path: { id } };
  const patched = await client.PATCH('/tasks/{id}', { params, body: { notes: 'by a client', dueOn: '2026-12-24' } });
  const read = await client.GET('/tasks/{id}', { params });
  const removed = await client.DELETE('/tasks/{id}', { params });
  const missing = await client.GET('/tasks/{id}', { params });

  // All or nothing, by another system's keys.
  const docs = Array.from({ length: 7 }, (_, n) => ({ externalId: `T-${n}`, description: `Merged ${n}` }));
  const merged = await client.POST('/tasks/merge', { body: { provider: 'helpdesk', docs } });

  // Page by page: the number of tasks that came, in pages of three.
  const pages: number[] = [];
  for (let page = 1; ; page += 1) {
    const { data = [], response } = await client.GET('/tasks', {
      params: { query: { page, perPage: 3, 'filter[externalProvider]': 'helpdesk', sort: 'description' } },
    });
    pages.push(data.length);
    if (!response.headers.get('link')?.includes('rel="next"')) break;
  }

  // What has happened in the list since the beginning.
  const events = await client.GET('/lists/{id}/events', { params: { path: { id: listId }, query: { since: 0 } } });
  const log = events.data?.[String(listId)];

  const refused = await client.POST('/tasks', { body: { description: '' } });
  return {
    notes: patched.data?.notes ?? null,
    dueOn: read.data?.dueOn ?? null,
    removed: removed.response.status,
    missing: missing.error?.code ?? null,
    inserted: merged.data?.insert.length ?? 0,
    pages,
    events: log && 'events' in log ? log.events.map(({ name }) => name) : [],
    refused: refused.error?.errors?.map(({ path }) => path) ?? [],
  };
}
