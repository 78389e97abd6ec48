import { Op, type WhereOptions } from 'sequelize';
import { escapeLike } from '../../lib/sql-params.ts';

/** Who is meant, by name: `User.scope('active', { method: ['named', 'an'] })`. What is asked for together must hold together. */
export const userScopes = {
  /** May sign in. */
  active: { where: { disabled: false } },
  disabled: { where: { disabled: true } },
  /** Looks after everybody here; also one who is disabled now. */
  admin: { where: { admin: true } },
  /** Has this text in the name or in the email address, in upper or lower case; `%` and `_` mean themselves. */
  named(text: string): { where: WhereOptions } {
    const like = { [Op.iLike]: `%${escapeLike(text.trim())}%` };
    return { where: { [Op.or]: [{ name: like }, { email: like }] } };
  },
};
