-- A new password or email address ends what was requested before it, whoever changed it and by whatever way: the
-- request may be that of a session thief.
CREATE OR REPLACE FUNCTION revoke_account_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM password_resets WHERE user_id = NEW.id;
  DELETE FROM email_changes WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
