import { randomUUID } from 'node:crypto';
import { query } from './database.ts';
import type { Scenario } from './scenario.ts';
import { keepAlive } from './http.ts';
import type { Browser } from './people.ts';
import { sendUntilKnown, type Known } from './until-known.ts';

/** Longer than any process stands still: a request that was given up may still be carried out by one that did. */
const REST_MS = 30_000;

const TIMES = 2;

/** Removes members from the team while things are written there, and lets them in again, so that whatever is sent from the wrong side of either is seen. */
export async function removeAndReaddMember(scenario: Scenario): Promise<void> {
  const { team, random } = scenario;
  for (let time = 0; time < TIMES; time += 1) {
    for (const member of random.shuffle([...team.comeAndGo]))
      if (performance.now() >= (team.rests.get(member.userId) ?? 0)) await removeAndReturn(scenario, member);
  }
}

async function removeAndReturn(scenario: Scenario, member: Browser): Promise<void> {
  const { team, absences, database } = scenario;
  const { listId } = team;
  const { userId } = member;
  await clearTeam(scenario);

  const [left] = await Promise.all([
    send(scenario, team.owner, `/teams/${team.id}/members/${userId}`, { _method: 'DELETE' }),
    writeInTeam(scenario, 3),
  ]);
  expect(left, [303, 404], 'removing a member');
  const [gone] = await query<{ version: number }>(database, LEFT, [listId, userId]);
  await writeInTeam(scenario, 2);

  absences.push({ userId, listId, beyond: gone!.version, until: performance.now() });
  const [back] = await Promise.all([send(scenario, member, `/invitations/${team.secret}`, {}), writeInTeam(scenario, 3)]);
  expect(back, [303, 422], 'coming back by the link');
  if (left?.unsure || back?.unsure) team.rests.set(userId, performance.now() + REST_MS);
  await writeInTeam(scenario, 1);
}

/** So that all of a list fits on its first page. */
async function clearTeam({ team: { listId }, database, foreign }: Scenario): Promise<void> {
  await query(database, 'UPDATE tasks SET deleted_at = now() WHERE list_id = $1 AND deleted_at IS NULL', [listId]);
  for (const written of foreign) if (written.listId === listId) written.state = 'trashed';
}

/** Written by the owner, one after the other. */
async function writeInTeam(scenario: Scenario, number: number): Promise<void> {
  const {
    team: { owner, listId },
    foreign,
  } = scenario;
  for (let made = 0; made < number; made += 1) {
    const tag = `team-${foreign.length + 1}`;
    const written = {
      writer: 'the owner',
      listId,
      tag,
      description: `${tag} to do`,
      state: 'open' as const,
      unknown: true,
    };
    foreign.push(written);
    const answer = await send(scenario, owner, '/tasks', {
      description: written.description,
      listId: String(listId),
      formKey: randomUUID(),
    });
    expect(answer, [303], 'writing in the team');
    written.unknown = false;
  }
}

async function send(
  { a, b }: Scenario,
  browser: Browser,
  path: string,
  form: Record<string, string>,
): Promise<Known | null> {
  const agent = keepAlive();
  try {
    return await sendUntilKnown('POST', path, { urls: [b.url, a.url], browser, agent, form });
  } finally {
    agent.destroy();
  }
}

function expect(answer: Known | null, statuses: number[], what: string): void {
  if (!answer || !statuses.includes(answer.status)) throw new Error(`${what} was answered ${String(answer?.status)}`);
}

const LEFT = `SELECT max(version)::integer AS version FROM events WHERE list_id = $1 AND name = 'member_left' AND subject_id = $2`;
