import type { Sequelize } from 'sequelize';
import { prepared } from '../../database/sql.ts';
import type { PersonPayload } from '../../shared/events.ts';
import { feedsOf, type Viewer } from '../../database/visible-lists.ts';

/** Whom a task of a feed may be assigned to on the pages, by name: the active members of its team; nobody for a personal feed, and for one that the viewer does not see. */
export const peopleOf = (sequelize: Sequelize, viewer: Viewer, feedId: number): Promise<PersonPayload[]> =>
  prepared(sequelize, 'feed-people', PEOPLE, [feedId, viewer.id]);

/** Whether somebody sees the feed and may sign in. */
export async function servesIn(sequelize: Sequelize, feedId: number, userId: number): Promise<boolean> {
  const found = await prepared(
    sequelize,
    'feed-serves',
    `SELECT 1 FROM users WHERE id = $1 AND NOT disabled AND $2 IN ${feedsOf('$1')}`,
    [userId, feedId],
  );
  return found.length > 0;
}

const PEOPLE = `
  SELECT u.id, u.name FROM feeds f JOIN memberships m ON m.team_id = f.team_id JOIN users u ON u.id = m.user_id
  WHERE f.id = $1 AND f.id IN ${feedsOf('$2')} AND NOT u.disabled ORDER BY lower(u.name), u.id`;
