'use strict';

const { functions } = require('./functions/index.cjs');

module.exports = {
  // An email address that waits for its confirmation; one for each user, who must be signed in to confirm it.
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE email_changes (
      user_id integer PRIMARY KEY REFERENCES users ON DELETE CASCADE,
      email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
      digest bytea NOT NULL,
      expires_at timestamptz(3) NOT NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    );
    ${functions('revoke_account_links_v01')}
    CREATE TRIGGER users_10_revoke_account_links AFTER UPDATE OF password_digest, email ON users FOR EACH ROW
      WHEN ((NEW.password_digest, NEW.email) IS DISTINCT FROM (OLD.password_digest, OLD.email))
      EXECUTE FUNCTION revoke_account_links();`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER users_10_revoke_account_links ON users;
    DROP FUNCTION revoke_account_links();
    DROP TABLE email_changes;`),
};
