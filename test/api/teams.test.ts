import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AuditEntry, Invitation } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';

interface TeamBody {
  id: number;
  url: string;
  name: string;
  role: string;
  listId: number;
}
interface MemberBody {
  id: number;
  name: string;
  role: string;
}

let app: TestApp;
let world: World;
let [ana, bob, eve]: Program[] = [];
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
  [ana, bob, eve] = await Promise.all([world.ana, world.bob, world.eve].map((person) => programOf(app, person)));
});
after(() => app.close());

/** A team of Ana's that Bob has joined by a link. */
async function createTeam(name: string): Promise<TeamBody> {
  const { body: team } = await ana!.post<TeamBody>('/teams', { name });
  const { body } = await ana!.post<{ link: string }>(`/teams/${team.id}/invitations`, {});
  assert.equal((await bob!.post('/invitations/accept', { token: body.link.split('/').at(-1) })).status, 200);
  return team;
}

const rolesIn = async ({ id }: TeamBody): Promise<string[]> =>
  (await ana!.get<MemberBody[]>(`/teams/${id}/members`)).body.map(({ name, role }) => `${name}: ${role}`);

describe('/teams', () => {
  it('creates, reads, renames and deletes a team with its list', async () => {
    const { status, headers, body: team } = await ana!.post<TeamBody>('/teams', { name: ' Garden ' });
    assert.deepEqual(
      [status, headers.get('location'), team.name, team.role],
      [201, `${app.url}/api/v1/teams/${team.id}`, 'Garden', 'owner'],
    );
    assert.deepEqual((await ana!.get(`/teams/${team.id}`)).body, team);
    assert.deepEqual((await ana!.get<TeamBody[]>('/teams')).body, [team]);
    assert.equal((await ana!.post('/tasks', { description: 'Rake', listId: team.listId })).status, 201);
    assert.equal((await ana!.patch<TeamBody>(`/teams/${team.id}`, { name: 'Allotment' })).body.name, 'Allotment');
    assert.equal((await ana!.get(`/lists/${team.listId}`)).body.name, 'Allotment');
    assertProblem(await ana!.ask('DELETE', `/teams/${team.id}`, { body: { name: 'Garden' } }), {
      status: 422,
      code: 101,
      paths: ['name'],
    });
    assert.equal((await ana!.ask('DELETE', `/teams/${team.id}`, { body: { name: 'allotment' } })).status, 204);
    assertProblem(await ana!.get(`/lists/${team.listId}`), { status: 404, code: 104 });
  });

  it('continues at the Link', async () => {
    for (const name of ['A', 'B', 'C']) await eve!.post('/teams', { name: `Pages ${name}` });
    const pages = await eve!.pages<TeamBody>('/teams', { limit: '2' });
    assert.deepEqual(
      pages.map((page) => page.map(({ name }) => name)),
      [['Pages A', 'Pages B'], ['Pages C']],
    );
  });

  it('keeps an owner, whoever leaves', async () => {
    const team = await createTeam('Choir');
    const [ofAna, ofBob] = [world.ana, world.bob].map(({ user }) => `/teams/${team.id}/members/${user.id}`);
    assert.deepEqual(await rolesIn(team), ['Ana: owner', 'Bob: member']);
    assertProblem(await ana!.delete(ofAna!), { status: 422, code: 101 });
    assertProblem(await ana!.patch(ofAna!, { role: 'member' }), { status: 422, code: 101 });
    assertProblem(await bob!.patch(ofBob!, { role: 'owner' }), { status: 403, code: 103 });
    assertProblem(await bob!.delete(ofAna!), { status: 403, code: 103 });
    assert.equal((await ana!.patch(ofBob!, { role: 'owner' })).body.role, 'owner');
    assert.equal((await ana!.delete(ofAna!)).status, 204);
    assertProblem(await ana!.get(`/teams/${team.id}`), { status: 404, code: 104 });
    assert.deepEqual(
      (await AuditEntry.findAll({ where: { userId: world.bob.user.id, action: 'role_changed' } })).length,
      1,
    );
  });

  it('lists whom one may assign: the active members, and in a personal list oneself', async () => {
    const team = await createTeam('Kitchen');
    const names = async (program: Program, listId: number): Promise<string[]> =>
      (await program.get<MemberBody[]>(`/lists/${listId}/members`)).body.map(({ name }) => name);
    assert.deepEqual(await names(bob!, team.listId), ['Ana', 'Bob']);
    assert.deepEqual(await names(bob!, world.bob.list.id), ['Bob']);
    assertProblem(await eve!.get(`/lists/${team.listId}/members`), { status: 404, code: 104 });
  });
});

describe('/teams/{id}/invitations', () => {
  it('shows the link once, and lists what can still be used', async () => {
    const team = await createTeam('Library');
    const path = `/teams/${team.id}/invitations`;
    const { body: made } = await ana!.post<{ id: number; link: string }>(path, { email: 'eve@example.com' });
    const { body: open } = await ana!.get<{ id: number; email: string | null }[]>(path);
    assert.deepEqual(
      open.map(({ email }) => email),
      ['eve@example.com', null],
    );
    assert.ok(!JSON.stringify(open).includes(made.link.split('/').at(-1)!));
    assertProblem(await ana!.post(path, { email: 'bob@example.com' }), { status: 422, code: 101, paths: ['email'] });
    assert.equal((await ana!.delete(`${path}/${made.id}`)).status, 204);
    const accept = await eve!.post('/invitations/accept', { token: made.link.split('/').at(-1) });
    assertProblem(accept, { status: 410, code: 114 });
  });

  it('is accepted by the person it is for, once', async () => {
    const team = await createTeam('Workshop');
    const { body } = await ana!.post<{ link: string }>(`/teams/${team.id}/invitations`, { email: 'eve@example.com' });
    const token = body.link.split('/').at(-1);
    assertProblem(await bob!.post('/invitations/accept', { token }), { status: 422, code: 101 });
    assert.equal((await eve!.post<TeamBody>('/invitations/accept', { token })).body.role, 'member');
    assertProblem(await eve!.post('/invitations/accept', { token }), { status: 410, code: 114 });
    assertProblem(await eve!.post('/invitations/accept', { token: 'x' }), { status: 404, code: 104 });
    assert.ok((await Invitation.findOne({ where: { email: 'eve@example.com', teamId: team.id } }))?.acceptedAt);
  });
});
