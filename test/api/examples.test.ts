import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Operation } from '../../src/api/operation.ts';
import { operations } from '../../src/api/operations/index.ts';
import { Category, Mail, Session, Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { programOf } from '../support/program.ts';
import { createPerson, createWorld, worldPassword, type Person, type World } from '../support/world.ts';
import { createToken } from '../../src/models/api-token/commands.ts';
import { promoteUser } from '../../src/models/user/rights.ts';
import { followTask } from '../../src/models/follow/commands.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { createInvitation } from '../../src/models/team/invitations.ts';
import { requestEmailChange } from '../../src/models/user/email-changes.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  await promoteUser(world.ana.user);
});
after(() => app.close());

/** The parts of a path, and what of its example's body is a record's. */
interface Records {
  ids?: Record<string, number>;
  body?: Record<string, unknown>;
}

/** Creates the records that the operation needs. */
async function recordsFor({ method, path }: Operation, { list, user, viewer }: Person): Promise<Records> {
  if (path === '/invitations/accept') {
    const team = await createTeam(world.bob.viewer, unique());
    return { body: { token: (await createInvitation(world.bob.viewer, team, null)).secret } };
  }
  if (path === '/me/email/confirm') {
    let token = '';
    await requestEmailChange(viewer, 'new@example.com', worldPassword, (secret) => {
      token = secret;
      return { subject: 'A link', text: 'A link' };
    });
    return { body: { token } };
  }
  if (path === '/follows') return { body: { taskId: (await taskOf(list.id, user.id)).id } };
  if (path.startsWith('/teams/')) {
    const team = await createTeam(viewer, path === '/teams/{id}' && method === 'delete' ? 'Orchard' : unique());
    await addMember(team, user.id, world.bob.user.id);
    const { invitation } = await createInvitation(viewer, team, null);
    return { ids: { id: team.id, userId: world.bob.user.id, invitationId: invitation.id } };
  }
  return { ids: { id: await idFor(method, path, { list, user, viewer } as Person) } };
}

async function idFor(method: string, path: string, { list, user, viewer }: Person): Promise<number> {
  if (path.startsWith('/lists')) return list.id;
  if (path.startsWith('/categories'))
    return (await Category.create({ listId: list.id, name: { original: unique() }, color: 'red' })).id;
  if (path.startsWith('/users')) return method === 'get' ? user.id : world.bob.user.id;
  if (path.startsWith('/me/sessions'))
    return (await Session.findOne({ where: { userId: user.id }, rejectOnEmpty: true })).id;
  if (path.startsWith('/me/tokens'))
    return (await createToken(user.id, { name: 'x', scopes: ['read'], expiresAt: null })).row.id;
  if (path.startsWith('/mails'))
    return (
      await Mail.create({
        recipient: 'eve@example.com',
        subject: 'A link',
        text: 'A link',
        link: '/password-resets/x',
        expiresAt: new Date(Date.now() + 600_000),
      })
    ).id;
  const task = await taskOf(list.id, user.id);
  if (path.startsWith('/follows/')) return (await followTask(viewer, task.id)).follow.id;
  if (path.endsWith('/restore')) await task.destroy();
  return task.id;
}

const unique = (): string => crypto.randomUUID().slice(0, 8);

const taskOf = (listId: number, userId: number): Promise<Task> =>
  Task.create({ listId, userId, description: 'An example' });

async function run(one: Operation): Promise<number> {
  const { method, path, example = {}, reads } = one;
  // Operations on one's own account may end it.
  const person = path.startsWith('/me') ? await createPerson(app, `Ana${unique()}`) : world.ana;
  const { ids = {}, body } = await recordsFor(one, person);
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => String(ids[name]));
  const { status } = await (
    await programOf(app, person)
  ).ask(method.toUpperCase(), address, {
    ...example,
    ...(body && { body }),
    ...(reads?.[0] && { headers: { 'content-type': reads[0] } }),
  });
  return status;
}

describe('the examples in the documentation', () => {
  for (const one of operations) {
    it(`${one.method.toUpperCase()} ${one.path} works as documented`, async () => {
      const status = await run(one);
      assert.ok(Object.keys(one.responses).includes(String(status)), String(status));
    });
  }

  it('exist for every request body', () => {
    assert.deepEqual(
      operations
        .filter(({ body, reads, example }) => (body ?? reads) && example?.body === undefined)
        .map(({ method, path }) => `${method} ${path}`),
      [],
    );
  });
});
