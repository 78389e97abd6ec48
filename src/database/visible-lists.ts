import { literal, Op } from 'sequelize';
import type { Literal } from 'sequelize/types/utils';
import { database } from './sql.ts';

/** The signed-in person who asks: a plain frozen object that comes with the session, in the same statement. */
export interface Viewer {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly admin: boolean;
  readonly locale: string;
  /** IANA name, e.g. `Europe/Madrid`. */
  readonly timeZone: string;
  /** The viewer's personal list. */
  readonly listId: number;
}

/**
 * The ids of the lists that a user may see, as a subquery: loading goes through the viewer, so that
 * "not yours" and "not there" are the same answer.
 * @param user an SQL expression for the user's id, e.g. `$1`
 */
export const visibleListIds = (user: string): string => `(
  SELECT id FROM lists WHERE user_id = ${user}
  UNION ALL
  SELECT team_list.id FROM memberships JOIN lists team_list ON team_list.team_id = memberships.team_id
  WHERE memberships.user_id = ${user})`;

/** The same as a condition of a Sequelize query: `where: { id, listId: inVisibleLists(viewer) }`. */
export const inVisibleLists = ({ id }: Viewer): { [Op.in]: Literal } => ({
  [Op.in]: literal(visibleListIds(database().escape(id))),
});
