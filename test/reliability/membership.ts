import { randomUUID } from 'node:crypto';
import { query } from './database.ts';
import type { Scenario } from './scenario.ts';
import { keepAlive } from './http.ts';
import type { Browser } from './people.ts';
import { sendUntilAnswered, type Outcome } from './retry.ts';

/** Longer than any suspension: a suspended process may still execute a request that has timed out. */
const SETTLE_MS = 30_000;

const REPETITIONS = 2;

/** Removes members from a team during writes and adds them again; the checker finds anything delivered while they were out. */
export async function removeAndReaddMember(scenario: Scenario): Promise<void> {
  const { team, random } = scenario;
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    for (const member of random.shuffle([...team.rejoining]))
      if (performance.now() >= (team.unsettledUntil.get(member.userId) ?? 0)) await removeAndReturn(scenario, member);
  }
}

async function removeAndReturn(scenario: Scenario, member: Browser): Promise<void> {
  const { team, absences, database } = scenario;
  const { listId } = team;
  const { userId } = member;
  await clearTeam(scenario);

  const [removal] = await Promise.all([
    send(scenario, team.owner, `/teams/${team.id}/members/${userId}`, { _method: 'DELETE' }),
    createTeamTasks(scenario, 3),
  ]);
  expect(removal, [303, 404], 'removing a member');
  const [lastRemoval] = await query<{ version: number }>(database, LAST_REMOVAL, [listId, userId]);
  await createTeamTasks(scenario, 2);

  absences.push({ userId, listId, since: lastRemoval!.version, until: performance.now() });
  const [rejoin] = await Promise.all([
    send(scenario, member, `/invitations/${team.secret}`, {}),
    createTeamTasks(scenario, 3),
  ]);
  expect(rejoin, [303, 422], 'rejoining by the link');
  if (removal?.retried || rejoin?.retried) team.unsettledUntil.set(userId, performance.now() + SETTLE_MS);
  await createTeamTasks(scenario, 1);
}

/** Keeps the list within its first page. */
async function clearTeam({ team: { listId }, database, extraWrites }: Scenario): Promise<void> {
  await query(database, 'UPDATE tasks SET deleted_at = now() WHERE list_id = $1 AND deleted_at IS NULL', [listId]);
  for (const written of extraWrites) if (written.listId === listId) written.state = 'trashed';
}

/** Creates tasks as the owner, sequentially. */
async function createTeamTasks(scenario: Scenario, number: number): Promise<void> {
  const {
    team: { owner, listId },
    extraWrites,
  } = scenario;
  for (let created = 0; created < number; created += 1) {
    const tag = `team-${extraWrites.length + 1}`;
    const written = {
      writer: 'the owner',
      listId,
      tag,
      description: `${tag} to do`,
      state: 'open' as const,
      unknown: true,
    };
    extraWrites.push(written);
    const response = await send(scenario, owner, '/tasks', {
      description: written.description,
      listId: String(listId),
      formKey: randomUUID(),
    });
    expect(response, [303], 'creating a team task');
    written.unknown = false;
  }
}

async function send(
  { a, b }: Scenario,
  browser: Browser,
  path: string,
  form: Record<string, string>,
): Promise<Outcome | null> {
  const agent = keepAlive();
  try {
    return await sendUntilAnswered('POST', path, { urls: [b.url, a.url], browser, agent, form });
  } finally {
    agent.destroy();
  }
}

function expect(response: Outcome | null, statuses: number[], what: string): void {
  if (!response || !statuses.includes(response.status))
    throw new Error(`${what} responded with ${String(response?.status)}`);
}

const LAST_REMOVAL = `SELECT max(version)::integer AS version FROM events WHERE list_id = $1 AND name = 'member_left' AND subject_id = $2`;
