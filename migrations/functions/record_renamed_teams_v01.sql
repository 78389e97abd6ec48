-- A list has the name of its team.
CREATE OR REPLACE FUNCTION record_renamed_teams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM record_events(array_agg(
    (l.id, 'list_renamed', current_actor_id(), 'list', l.id, NULL,
     jsonb_build_object('name', jsonb_build_array(o.name, n.name)))::list_change
  )) FROM new_rows n JOIN old_rows o USING (id) JOIN lists l ON l.team_id = n.id
  WHERE n.name <> o.name HAVING count(*) > 0;
  RETURN NULL;
END $$;
