import { literal, where, type LOCK } from 'sequelize';
import type { Viewer } from '../../database/visible-lists.ts';
import { emailKey } from '../../lib/email.ts';
import { NotFoundError } from '../../lib/errors.ts';
import { User } from './user.ts';

/** The viewer's account. @throws NotFoundError where it was deleted in the meantime */
export function findByViewer(viewer: Viewer, { lock }: { lock?: LOCK } = {}): Promise<User> {
  return User.findByPk(viewer.id, { ...(lock && { lock }), rejectOnEmpty: new NotFoundError() });
}

/** However it is written. */
export function findByEmail(email: string): Promise<User | null> {
  return User.findOne({ where: where(literal('fold_text(email, true)'), emailKey(email)) });
}

/** Whether nobody has registered yet, apart from the seeds. */
export async function noneRegistered(): Promise<boolean> {
  return (await User.findOne({ where: { seed: false }, attributes: ['id'] })) === null;
}
