import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { createToken } from '../../src/models/api-token/commands.ts';
import { Category, Task } from '../../src/models/index.ts';
import { addMember, createTeam, destroyTeam, removeMember, renameTeam } from '../../src/models/team/commands.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openTab } from '../support/socket.ts';
import { createWorld, type World } from '../support/world.ts';

interface Message {
  payload: object;
}
interface AsyncApi {
  asyncapi: string;
  info: { description: string };
  servers: { taskwire: { host: string; pathname: string; protocol: string } };
  channels: { live: { messages: Record<string, { $ref: string }> } };
  operations: Record<string, { action: string; messages: { $ref: string }[] }>;
  components: { messages: Record<string, Message>; schemas: Record<string, object> };
}

let app: TestApp;
let world: World;
let document: AsyncApi;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  document = (await (await fetch(`${app.url}/api/v1/asyncapi.json`)).json()) as AsyncApi;
});
after(() => app.close());

/** The same schema, refusing fields that are not documented. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
}

describe('the AsyncAPI document', () => {
  it('names the server that it comes from, and refers to nothing that is not there', () => {
    const { host } = new URL(app.url);
    assert.equal(document.asyncapi, '3.0.0');
    assert.deepEqual((({ host, pathname, protocol }) => ({ host, pathname, protocol }))(document.servers.taskwire), {
      host,
      pathname: '/socket.io/',
      protocol: 'ws',
    });
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    assert.ok(references.length > 30);
    for (const path of references) {
      const target = path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      assert.ok(target, path);
    }
  });

  it('documents every message that a tab receives or sends, as it is', async () => {
    const { ana } = world;
    const ajv = new Ajv({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv) => void)(ajv);
    ajv.addSchema(closed(document) as object, 'live');
    const assertDocumented = (name: string, payload: unknown): void => {
      const validate = ajv.getSchema(`live#/components/messages/${name}/payload`);
      assert.ok(validate, `${name} is not documented`);
      assert.ok(validate(payload), `${name}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(payload)}`);
    };
    const { token } = await createToken(ana.user.id, { name: 'test', scopes: ['read'], expiresAt: null });
    const program = await openTab(ana, { origin: null, cookie: null, token });
    const tab = await openTab(ana);
    const positions = { [ana.list.id]: { epoch: 'another', version: 0 } };
    const held = (await ana.client.get(`/lists/${ana.list.id}/events`, { since: '0' })).text;
    const { epoch } = (JSON.parse(held) as Record<string, { epoch: string }>)[ana.list.id]!;

    const home = await Category.create({ listId: ana.list.id, name: { original: 'Home', es: 'Casa' }, color: 'red' });
    await ana.client.post('/tasks', { description: 'See https://example.com', categoryIds: String(home.id) });
    const task = (await Task.findOne({ where: { listId: ana.list.id }, rejectOnEmpty: true })).id;
    await ana.client.patch(`/tasks/${task}`, { description: 'Changed', notes: 'and noted', dueOn: '2026-12-01' });
    await ana.client.delete(`/tasks/${task}`);
    await ana.client.post(`/trash/${task}/restore`);
    await home.destroy();
    await Task.destroy({ where: { id: task }, force: true });
    const team = await createTeam(ana.viewer, 'Team');
    await program.waitFor('access_changed');
    await addMember(team, ana.user.id, world.bob.user.id);
    await program.waitFor('member_joined', ({ id }) => id === world.bob.user.id);
    await renameTeam(team, ana.viewer, 'Renamed');
    await program.waitFor('list_renamed', ({ name }) => name === 'Renamed');
    await removeMember(team, ana.viewer, world.bob.user.id);
    await program.waitFor('member_left');
    await program.waitFor('task_purged');
    await Task.bulkCreate(
      Array.from({ length: 60 }, (_, n) => ({ listId: ana.list.id, userId: ana.user.id, description: `Task ${n}` })),
    );
    await program.waitFor('list_versions');
    const answers = [
      await program.catchUp(positions),
      await program.catchUp({ [ana.list.id]: { epoch, version: 0 } }),
      await program.ask('catch_up', { x: 1 }),
    ];
    assertDocumented('catch_up', positions);
    assertDocumented('catch_up', { [ana.list.id]: { epoch, version: 0 } });
    for (const answer of answers) assertDocumented('catch_up_answer', answer);
    assert.match(JSON.stringify(answers[0]), /"reset":true/);
    assert.match(JSON.stringify(answers[1]), /"events":\[\{/);
    assert.deepEqual(answers[2], { error: 'invalid' });
    await destroyTeam(team, ana.viewer);
    await ana.client.post('/logout');
    await tab.waitFor('session_ended');

    const received = [...program.received.all, ...tab.received.all];
    for (const { name, payload } of received) assertDocumented(name, payload);
    for (const name of [
      'new_task',
      'task_updated',
      'task_deleted',
      'task_restored',
      'task_purged',
      'category_changed',
      'list_renamed',
      'member_joined',
      'member_left',
      'count_updated',
      'inbox_updated',
      'access_changed',
      'list_versions',
      'session_ended',
    ])
      assert.ok(
        received.some((event) => event.name === name),
        `${name} was not received`,
      );
    program.close();
  });

  it('is the same as the page shows, whose guide has the address of this server', async () => {
    const page = await (await fetch(`${app.url}/api/docs`)).text();
    for (const name of Object.keys(document.components.messages))
      assert.ok(page.includes(`<code>${name}</code>`), name);
    for (const name of Object.keys(document.components.schemas)) assert.ok(page.includes(`<code>${name}</code>`), name);
    assert.match(page, /API_CORS_ORIGINS/);
    assert.ok(page.includes(`io(&#39;${app.url}&#39;`) || page.includes(`io('${app.url}'`));
    assert.ok(document.info.description.includes(`\`${app.url}/socket.io/\``));
  });
});
