CREATE OR REPLACE FUNCTION record_added_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_events(array_agg(
    (l.id, 'member_joined', current_actor_id(), 'user', n.user_id, NULL, NULL)::list_change
  )) FROM new_rows n JOIN lists l ON l.team_id = n.team_id HAVING count(*) > 0;
  RETURN NULL;
END $$;
