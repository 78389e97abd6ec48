import { Op, col, literal, where, type FindOptions, type ScopeOptions, type WhereOptions } from 'sequelize';
import type { Cursor } from '../../database/cursor.ts';
import { sql, database } from '../../database/sql.ts';
import { User } from './user.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** The newest tasks of each user that are included. */
const MOST_TASKS = 100;

export interface UserFilters {
  /** Part of the name or of the email address. */
  q?: string | undefined;
  disabled?: boolean | undefined;
  admin?: boolean | undefined;
  /** Author of more tasks than this, trash excluded. */
  tasksOver?: number | undefined;
}

/** What to include with each user. */
export interface UserParts {
  teams?: boolean | undefined;
  tasks?: boolean | undefined;
}

/** A user as administrators see one. */
export interface UserRecord {
  id: number;
  name: string;
  email: string;
  emailConfirmedAt: Date | null;
  admin: boolean;
  disabled: boolean;
  disabledReason: string | null;
  locale: string;
  timeZone: string;
  createdAt: Date;
  updatedAt: Date;
  /** Tasks by this author, trash excluded. */
  taskCount: number;
  /** By name, if included. */
  teams?: { id: number; name: string }[];
  /** The newest 100, if included. */
  tasks?: UserTask[];
}

export interface UserTask {
  id: number;
  listId: number;
  /** Null where the viewer does not see its list: administrators may not read other people's tasks. */
  description: string | null;
  completed: boolean;
  createdAt: Date;
}

/** The sort values in the list's cursor. */
export const userCursorParts = [{ kind: 'text' }] as const;

/** One page by name: one statement for the users with their counts, and one for each included part. */
export async function usersPage(
  viewer: Viewer,
  filters: UserFilters,
  after: Cursor | null,
  size: number,
  { offset = 0, ...parts }: UserParts & { offset?: number } = {},
): Promise<{ users: UserRecord[]; next: Cursor | null }> {
  const found = await findUsers(filters, {
    ...(after && { where: afterCursor(after) }),
    order: [
      [col('folded_name'), 'ASC'],
      ['id', 'ASC'],
    ],
    limit: size + 1,
    offset,
  });
  const page = found.slice(0, size);
  const last = found.length > size ? page.at(-1) : undefined;
  return { users: await withParts(viewer, page, parts), next: last ? [last.name, last.id] : null };
}

/** A user as administrators see them. @returns null for an unknown id */
export async function findUserDetails(viewer: Viewer, id: number, parts: UserParts = {}): Promise<UserRecord | null> {
  const found = await findUsers({}, { where: { id } });
  return (await withParts(viewer, found, parts))[0] ?? null;
}

/** The number of users that match. */
export const countUsers = (filters: UserFilters): Promise<number> =>
  User.scope(scopesOf(filters)).count({ where: whereOf(filters) });

function findUsers(filters: UserFilters, { where: only, ...options }: FindOptions): Promise<UserRecord[]> {
  return User.scope(scopesOf(filters)).findAll({
    ...options,
    attributes: [
      'id',
      'name',
      'email',
      'emailConfirmedAt',
      'admin',
      'disabled',
      'disabledReason',
      'locale',
      'timeZone',
      'createdAt',
      'updatedAt',
      [literal(TASK_COUNT), 'taskCount'],
    ],
    where: { [Op.and]: [whereOf(filters), only ?? {}] },
    raw: true,
  }) as unknown as Promise<UserRecord[]>;
}

const TASK_COUNT = '(SELECT count(*) FROM tasks WHERE tasks.user_id = "User".id AND tasks.deleted_at IS NULL)';

const scopesOf = ({ q, disabled, admin }: UserFilters): (string | ScopeOptions)[] => [
  ...(disabled === undefined ? [] : [disabled ? 'disabled' : 'active']),
  ...(admin === true ? ['admin'] : []),
  ...(q === undefined || q === '' ? [] : [{ method: ['named', q] as [string, string] }]),
];

const whereOf = ({ admin, tasksOver }: UserFilters): WhereOptions => ({
  ...(admin === false && { admin }),
  ...(tasksOver !== undefined && {
    id: {
      [Op.in]: literal(
        '(SELECT user_id FROM tasks WHERE deleted_at IS NULL GROUP BY user_id HAVING count(*) > ' +
          `${String(Math.trunc(tasksOver))})`,
      ),
    },
  }),
});

/** Rows after the cursor; PostgreSQL folds both names the same way. */
const afterCursor = ([name, id]: Cursor): WhereOptions =>
  where(
    literal('("User".folded_name, "User".id)'),
    Op.gt,
    literal(`(fold_text(${database().escape(String(name))}, true), ${String(Number(id))})`),
  );

async function withParts(viewer: Viewer, page: UserRecord[], { teams, tasks }: UserParts): Promise<UserRecord[]> {
  const ids = page.map(({ id }) => id);
  const teamsOf = teams && ids.length > 0 ? await teamsByUser(ids) : null;
  const tasksOf = tasks && ids.length > 0 ? await tasksByUser(viewer, ids) : null;
  return page.map((user) => ({
    ...user,
    ...(teamsOf && { teams: teamsOf.get(user.id) ?? [] }),
    ...(tasksOf && { tasks: tasksOf.get(user.id) ?? [] }),
  }));
}

async function teamsByUser(ids: number[]): Promise<Map<number, { id: number; name: string }[]>> {
  const teams = { association: 'teams', attributes: ['id', 'name'], through: { attributes: [] } };
  const found = await User.findAll({
    where: { id: ids },
    attributes: ['id'],
    include: [teams],
    order: [literal('"teams".folded_name, "teams".id')],
  });
  return new Map(found.map((user) => [user.id, (user.teams ?? []).map(({ id, name }) => ({ id, name }))]));
}

async function tasksByUser(viewer: Viewer, ids: number[]): Promise<Map<number, UserTask[]>> {
  const rows = await sql<UserTask & { userId: number }>(TASKS, [ids, viewer.id, MOST_TASKS]);
  const tasks = new Map<number, UserTask[]>();
  for (const { userId, ...task } of rows) tasks.set(userId, [...(tasks.get(userId) ?? []), task]);
  return tasks;
}

/** SQL for the LATERAL: `include` cannot limit the tasks of each user. */
const TASKS = `
  SELECT t.user_id AS "userId", t.id, t.list_id AS "listId", t.completed_at IS NOT NULL AS completed,
  t.created_at AS "createdAt",
    CASE WHEN t.list_id IN ${visibleListIds('$2')} THEN t.description END AS description
  FROM unnest($1::integer[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT * FROM tasks WHERE user_id = asked.id AND deleted_at IS NULL ORDER BY id DESC LIMIT $3
  ) t ORDER BY t.user_id, t.id DESC`;
