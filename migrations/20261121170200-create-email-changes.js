'use strict';

module.exports = {
  /**
   * An email address that waits for its confirmation; one for each person. What was asked for before a new
   * password or a new address is over, whoever changed it and by whatever way: a thief of a session may have asked.
   */
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE TABLE email_changes (
      user_id integer PRIMARY KEY REFERENCES users ON DELETE CASCADE,
      email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
      digest bytea NOT NULL UNIQUE,
      expires_at timestamptz(3) NOT NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    );

    CREATE FUNCTION end_account_links() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM password_resets WHERE user_id = NEW.id;
      DELETE FROM email_changes WHERE user_id = NEW.id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER users_links_ended AFTER UPDATE OF password_digest, email ON users FOR EACH ROW
      WHEN ((NEW.password_digest, NEW.email) IS DISTINCT FROM (OLD.password_digest, OLD.email))
      EXECUTE FUNCTION end_account_links();`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER users_links_ended ON users;
    DROP FUNCTION end_account_links();
    DROP TABLE email_changes;`),
};
