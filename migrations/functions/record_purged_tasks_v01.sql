-- Also removes what people wrote in the purged tasks from their older events, in every list they have been in.
CREATE OR REPLACE FUNCTION record_purged_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE events SET changes = changes - 'description' - 'notes'
  WHERE subject = 'task' AND subject_id IN (SELECT id FROM old_rows) AND changes ?| ARRAY['description', 'notes'];
  PERFORM record_events(array_agg(
    (list_id, 'task_purged', current_actor_id(), 'task', id, revision, NULL)::list_change
  )) FROM old_rows HAVING count(*) > 0;
  RETURN NULL;
END $$;
