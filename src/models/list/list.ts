import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { ValidationError } from '../../lib/errors.ts';
import { preparedSql, sql } from '../../database/sql.ts';
import type { PersonPayload, Position, Positions } from '../../shared/events.ts';
import { contentsOf, knownIn, type ListContents } from './list-export.ts';
import { peopleOf } from './assignable-users.ts';
import { unreadCount } from '../follow/inbox.ts';
import type { CategoryRecord } from '../task/record.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** A list as the sidebar shows it; `name` is null for the personal one, `open` stops counting at 1,000. */
export interface SidebarList extends Position {
  id: number;
  name: string | null;
  /** Null for the personal one. */
  teamId: number | null;
  open: number;
}

export interface Sidebar {
  lists: SidebarList[];
  categories: CategoryRecord[];
  positions: Positions;
  /** Open tasks that are assigned to the viewer, in all lists; stops counting at 1,000. */
  mine: number;
  /** Tasks in the inbox; stops counting at 100. */
  unread: number;
}

/** Where tasks live and where changes are announced; `version` numbers its changes without a gap, in commit order. */
export class List extends Model<InferAttributes<List>, InferCreationAttributes<List>> {
  declare id: CreationOptional<number>;
  declare userId: number | null;
  declare teamId: CreationOptional<number | null>;
  declare epoch: CreationOptional<string>;
  declare version: CreationOptional<number>;
  declare keptFrom: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    List.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        userId: DataTypes.INTEGER,
        teamId: DataTypes.INTEGER,
        epoch: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
        version: { type: DataTypes.BIGINT, defaultValue: 0 },
        keptFrom: { type: DataTypes.BIGINT, defaultValue: 1 },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'lists' },
    );
  }

  /**
   * What surrounds every page of the viewer: lists with their open tasks, categories, positions. One statement,
   * and to be read before the rows of the page: rows first missed an event in 76 of 300 loads.
   */
  static async sidebar(viewer: Viewer): Promise<Sidebar> {
    const lists = await preparedSql<
      SidebarList & { categories: CategoryRecord[] | null; mine: number; unread: number }
    >(SIDEBAR, [viewer.id]);
    return {
      lists: lists.map(({ categories: _, mine: _mine, unread: _unread, ...list }) => list),
      categories: lists.flatMap(({ categories }) => categories ?? []),
      positions: Object.fromEntries(lists.map(({ id, epoch, version }) => [id, { epoch, version }])),
      mine: lists[0]?.mine ?? 0,
      unread: lists[0]?.unread ?? 0,
    };
  }

  /** The list where the viewer wants something to be: the personal one unless said. @throws ValidationError where it is not the viewer's */
  static async chosen(viewer: Viewer, listId: number | undefined): Promise<number> {
    if (listId === undefined || listId === viewer.listId) return viewer.listId;
    if ((await List.idsVisibleTo(viewer.id)).includes(listId)) return listId;
    throw new ValidationError({ path: 'listId', message: 'errors.listUnknown' });
  }

  /** The list of a team. */
  static ofTeam(teamId: number): Promise<List> {
    return List.findOne({ where: { teamId }, rejectOnEmpty: true });
  }

  /** Whom a task of a team's list may be assigned to, by name; nobody for a personal list, and for one that is not the viewer's. */
  static people(viewer: Viewer, listId: number): Promise<PersonPayload[]> {
    return peopleOf(viewer, listId);
  }

  /** Everything in a list, to be taken elsewhere. @param trash with what is in the trash @returns null where it is not there or not the viewer's */
  static contents(viewer: Viewer, listId: number, { trash }: { trash: boolean }): Promise<ListContents | null> {
    return contentsOf(viewer, listId, { trash });
  }

  /** By what exports call a list, and which of these tasks are in it. */
  static known(listId: number, taskIds: number[]): Promise<{ key: string; ids: Set<number> }> {
    return knownIn(listId, taskIds);
  }

  /** The ids of the lists that a user may see now. */
  static async idsVisibleTo(userId: number): Promise<number[]> {
    const rows = await sql<{ id: number }>(`SELECT id FROM lists WHERE id IN ${visibleListIds('$1')} ORDER BY id`, [
      userId,
    ]);
    return rows.map(({ id }) => id);
  }

  /** The lists of the teams that these users are in, by user. */
  static async ofTeamsOf(userIds: number[]): Promise<Map<number, Set<number>>> {
    const rows = await sql<{ userId: number; listId: number }>(TEAMS_OF, [userIds]);
    const lists = new Map<number, Set<number>>();
    for (const { userId, listId } of rows) lists.set(userId, (lists.get(userId) ?? new Set()).add(listId));
    return lists;
  }

  /** How far each of these lists is in the database; a list that is gone is left out. */
  static async positions(ids: number[]): Promise<Positions> {
    const rows = await preparedSql<Position & { id: number }>(
      'SELECT id, list_epoch(epoch) AS epoch, version FROM lists WHERE id = ANY($1::integer[])',
      [ids],
    );
    return Object.fromEntries(rows.map(({ id, epoch, version }) => [id, { epoch, version }]));
  }
}

const TEAMS_OF = `
  SELECT m.user_id AS "userId", f.id AS "listId" FROM memberships m JOIN lists f ON f.team_id = m.team_id WHERE m.user_id = ANY($1::integer[])`;

const SIDEBAR = `
  SELECT f.id, team.name, team.id AS "teamId", list_epoch(f.epoch) AS epoch, f.version,
    (SELECT count(*) FROM (
      SELECT FROM tasks WHERE list_id = f.id AND deleted_at IS NULL AND completed_at IS NULL AND available LIMIT 1000
    ) counted)::integer AS open,
    (SELECT count(*) FROM (
      SELECT FROM tasks WHERE assignee_id = $1 AND deleted_at IS NULL AND completed_at IS NULL AND available LIMIT 1000
    ) assigned)::integer AS mine,
    ${unreadCount('$1')} AS unread,
    (SELECT json_agg(json_build_object('id', c.id, 'listId', c.list_id, 'name', c.name, 'color', c.color)
                     ORDER BY lower(c.name ->> 'original'), c.id) FROM categories c WHERE c.list_id = f.id) AS categories
  FROM lists f LEFT JOIN teams team ON team.id = f.team_id
  WHERE f.id IN ${visibleListIds('$1')} ORDER BY f.team_id IS NOT NULL, lower(team.name), f.id`;
