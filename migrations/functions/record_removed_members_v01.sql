CREATE OR REPLACE FUNCTION record_removed_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_events(array_agg(
    (l.id, 'member_left', current_actor_id(), 'user', o.user_id, NULL, NULL)::list_change
  )) FROM old_rows o JOIN lists l ON l.team_id = o.team_id HAVING count(*) > 0;
  RETURN NULL;
END $$;
