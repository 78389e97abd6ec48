import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Team } from '../../../src/models/index.ts';
import { Task, Follow } from '../../../src/models/index.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { createTeam } from '../../../src/models/team/commands.ts';
import { findTeamList } from '../../../src/models/list/queries.ts';
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let members: Viewer[];
let team: Team;
before(async () => {
  database = await openTestDatabase();
  [ana, ...members] = [await person('ana'), await person('bob'), await person('eve')];
  team = await createTeam(ana, 'The house');
});
after(() => database.close());

// Plain statements: a unit of work would retry after a deadlock and hide it.
const run = (sql: string): Promise<unknown> => database.sequelize.query(sql);

it('changing followed tasks, leaving and rejoining do not deadlock', async () => {
  const list = await findTeamList(team.id);
  const tasks = await Task.bulkCreate(
    Array.from({ length: 8 }, (_, n) => ({ listId: list.id, userId: ana.id, description: `Number ${String(n)}` })),
  );
  const change = async (n: number): Promise<void> => {
    for (let round = 0; round < 40; round += 1)
      await run(
        `UPDATE tasks SET description = 'Change ${String(round)}' WHERE id = ${String(tasks[(n * 3 + round) % tasks.length]?.id)}`,
      );
  };
  const comeAndGo = async ({ id }: Viewer): Promise<void> => {
    for (let round = 0; round < 30; round += 1) {
      await run(`INSERT INTO memberships (team_id, user_id) VALUES (${String(team.id)}, ${String(id)})`);
      await run(
        `INSERT INTO follows (user_id, task_id) SELECT ${String(id)}, id FROM tasks WHERE list_id = ${String(list.id)} ON CONFLICT DO NOTHING`,
      );
      await run(`UPDATE tasks SET assignee_id = ${String(id)} WHERE id = ${String(tasks[round % tasks.length]?.id)}`);
      await run(`DELETE FROM memberships WHERE team_id = ${String(team.id)} AND user_id = ${String(id)}`);
    }
  };
  await Promise.all([...members.map(comeAndGo), ...Array.from({ length: 5 }, (_, n) => change(n))]);
  assert.deepEqual(
    {
      follows: await Follow.count(),
      assignedTasks: await Task.count({ where: { listId: list.id, assigneeId: members.map(({ id }) => id) } }),
    },
    { follows: 0, assignedTasks: 0 },
  );
});
