'use strict';

const { functions } = require('./functions/index.cjs');

/** How many rows an owner may have, as `src/shared/limits.ts` says it to people. */
const bounds = [
  { table: 'categories', owners: 'lists', owner: 'list_id', maximum: 500 },
  { table: 'memberships', owners: 'users', owner: 'user_id', maximum: 100 },
  { table: 'memberships', owners: 'teams', owner: 'team_id', maximum: 500 },
  { table: 'api_tokens', owners: 'users', owner: 'user_id', maximum: 50 },
  {
    table: 'invitations',
    owners: 'teams',
    owner: 'team_id',
    maximum: 200,
    counted: 'accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()',
  },
];
/** People are locked before teams. */
const nameOf = ({ table, owner, owners }) => `${table}_${owners === 'users' ? '05' : '06'}_limit_by_${owner}`;

module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(
      functions('limit_rows_v01') +
        bounds
          .map(
            (bound) => `
    CREATE TRIGGER ${nameOf(bound)} AFTER INSERT ON ${bound.table} REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
      EXECUTE FUNCTION limit_rows('${[bound.owners, bound.owner, bound.maximum, bound.counted ?? 'true'].join("', '")}');`,
          )
          .join(''),
    ),
  down: ({ sequelize }) =>
    sequelize.query(
      `${bounds.map((bound) => `DROP TRIGGER ${nameOf(bound)} ON ${bound.table};`).join('\n')}
      DROP FUNCTION limit_rows();`,
    ),
};
