import { sql } from '../../database/sql.ts';
import type { PersonPayload } from '../../shared/events.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** Whom a task of a list may be assigned to on the pages, by name: the active members of its team; nobody for a personal list, and for one that the viewer does not see. */
export const peopleOf = (viewer: Viewer, listId: number): Promise<PersonPayload[]> => sql(PEOPLE, [listId, viewer.id]);

/** Whether somebody sees the list and may sign in. */
export async function servesIn(listId: number, userId: number): Promise<boolean> {
  const found = await sql(`SELECT 1 FROM users WHERE id = $1 AND NOT disabled AND $2 IN ${visibleListIds('$1')}`, [
    userId,
    listId,
  ]);
  return found.length > 0;
}

const PEOPLE = `
  SELECT u.id, u.name FROM lists f JOIN memberships m ON m.team_id = f.team_id JOIN users u ON u.id = m.user_id
  WHERE f.id = $1 AND f.id IN ${visibleListIds('$2')} AND NOT u.disabled ORDER BY lower(u.name), u.id`;
