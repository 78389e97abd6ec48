'use strict';

module.exports = {
  // The columns are those of rate-limiter-flexible.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE throttles (
      key varchar(255) PRIMARY KEY,
      points integer NOT NULL DEFAULT 0,
      expire bigint
    );
    CREATE INDEX throttles_expire_idx ON throttles (expire);`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE throttles'),
};
