import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { InvalidInput } from '../../lib/validation-error.ts';
import { prepared } from '../../database/sql.ts';
import type { PersonPayload, Position, Positions } from '../../shared/events.ts';
import { contentsOf, knownIn, type FeedContents } from './list-export.ts';
import { peopleOf } from './assignable-users.ts';
import { unreadCount } from '../follow/inbox.ts';
import type { CategoryRecord } from '../task/record.ts';
import { feedsOf, type Viewer } from '../../database/visible-lists.ts';

/** A feed as the sidebar shows it; `name` is null for the personal one, `open` stops counting at 1,000. */
export interface SidebarFeed extends Position {
  id: number;
  name: string | null;
  /** Null for the personal one. */
  teamId: number | null;
  open: number;
}

export interface Sidebar {
  feeds: SidebarFeed[];
  categories: CategoryRecord[];
  positions: Positions;
  /** Open tasks that are assigned to the viewer, in all feeds; stops counting at 1,000. */
  mine: number;
  /** Tasks in the inbox; stops counting at 100. */
  unread: number;
}

/** Where tasks live and where changes are announced; `version` numbers its changes without a gap, in commit order. */
export class Feed extends Model<InferAttributes<Feed>, InferCreationAttributes<Feed>> {
  declare id: CreationOptional<number>;
  declare userId: number | null;
  declare teamId: CreationOptional<number | null>;
  declare epoch: CreationOptional<string>;
  declare version: CreationOptional<number>;
  declare keptFrom: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Feed.init(
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
      { sequelize, tableName: 'feeds' },
    );
  }

  /**
   * What surrounds every page of the viewer: feeds with their open tasks, categories, positions. One statement,
   * and to be read before the rows of the page: rows first missed an event in 76 of 300 loads.
   */
  static async sidebar(viewer: Viewer): Promise<Sidebar> {
    const feeds = await prepared<SidebarFeed & { categories: CategoryRecord[] | null; mine: number; unread: number }>(
      Feed.sequelize!,
      'feeds-sidebar',
      SIDEBAR,
      [viewer.id],
    );
    return {
      feeds: feeds.map(({ categories: _, mine: _mine, unread: _unread, ...feed }) => feed),
      categories: feeds.flatMap(({ categories }) => categories ?? []),
      positions: Object.fromEntries(feeds.map(({ id, epoch, version }) => [id, { epoch, version }])),
      mine: feeds[0]?.mine ?? 0,
      unread: feeds[0]?.unread ?? 0,
    };
  }

  /** The feed where the viewer wants something to be: the personal one unless said. @throws InvalidInput where it is not the viewer's */
  static async chosen(viewer: Viewer, feedId: number | undefined): Promise<number> {
    if (feedId === undefined || feedId === viewer.feedId) return viewer.feedId;
    if ((await Feed.idsVisibleTo(viewer.id)).includes(feedId)) return feedId;
    throw new InvalidInput({ path: 'feedId', message: 'errors.feedUnknown' });
  }

  /** The feed of a team. */
  static ofTeam(teamId: number): Promise<Feed> {
    return Feed.findOne({ where: { teamId }, rejectOnEmpty: true });
  }

  /** Whom a task of a team's feed may be assigned to, by name; nobody for a personal feed, and for one that is not the viewer's. */
  static people(viewer: Viewer, feedId: number): Promise<PersonPayload[]> {
    return peopleOf(Feed.sequelize!, viewer, feedId);
  }

  /** Everything in a feed, to be taken elsewhere. @param trash with what is in the trash @returns null where it is not there or not the viewer's */
  static contents(viewer: Viewer, feedId: number, { trash }: { trash: boolean }): Promise<FeedContents | null> {
    return contentsOf(Feed.sequelize!, viewer, feedId, { trash });
  }

  /** By what exports call a feed, and which of these tasks are in it. */
  static known(feedId: number, taskIds: number[]): Promise<{ key: string; ids: Set<number> }> {
    return knownIn(Feed.sequelize!, feedId, taskIds);
  }

  /** The ids of the feeds that a user may see now. */
  static async idsVisibleTo(userId: number): Promise<number[]> {
    const rows = await prepared<{ id: number }>(
      Feed.sequelize!,
      'feeds-visible',
      `SELECT id FROM feeds WHERE id IN ${feedsOf('$1')} ORDER BY id`,
      [userId],
    );
    return rows.map(({ id }) => id);
  }

  /** The feeds of the teams that these users are in, by user. */
  static async ofTeamsOf(userIds: number[]): Promise<Map<number, Set<number>>> {
    const rows = await prepared<{ userId: number; feedId: number }>(Feed.sequelize!, 'feeds-of-teams-of', TEAMS_OF, [
      userIds,
    ]);
    const feeds = new Map<number, Set<number>>();
    for (const { userId, feedId } of rows) feeds.set(userId, (feeds.get(userId) ?? new Set()).add(feedId));
    return feeds;
  }

  /** How far each of these feeds is in the database; a feed that is gone is left out. */
  static async positions(ids: number[]): Promise<Positions> {
    const rows = await prepared<Position & { id: number }>(
      Feed.sequelize!,
      'feeds-positions',
      'SELECT id, feed_epoch(epoch) AS epoch, version FROM feeds WHERE id = ANY($1::integer[])',
      [ids],
    );
    return Object.fromEntries(rows.map(({ id, epoch, version }) => [id, { epoch, version }]));
  }
}

const TEAMS_OF = `
  SELECT m.user_id AS "userId", f.id AS "feedId" FROM memberships m JOIN feeds f ON f.team_id = m.team_id WHERE m.user_id = ANY($1::integer[])`;

const SIDEBAR = `
  SELECT f.id, team.name, team.id AS "teamId", feed_epoch(f.epoch) AS epoch, f.version,
    (SELECT count(*) FROM (
      SELECT FROM tasks WHERE feed_id = f.id AND deleted_at IS NULL AND completed_at IS NULL AND available LIMIT 1000
    ) counted)::integer AS open,
    (SELECT count(*) FROM (
      SELECT FROM tasks WHERE assignee_id = $1 AND deleted_at IS NULL AND completed_at IS NULL AND available LIMIT 1000
    ) assigned)::integer AS mine,
    ${unreadCount('$1')} AS unread,
    (SELECT json_agg(json_build_object('id', c.id, 'feedId', c.feed_id, 'name', c.name, 'color', c.color)
                     ORDER BY lower(c.name ->> 'original'), c.id) FROM categories c WHERE c.feed_id = f.id) AS categories
  FROM feeds f LEFT JOIN teams team ON team.id = f.team_id
  WHERE f.id IN ${feedsOf('$1')} ORDER BY f.team_id IS NOT NULL, lower(team.name), f.id`;
