-- revision rises with every change; text_revision only with one to what people write and may edit at the same time.
-- updated_at is set unless the statement sets it.
CREATE OR REPLACE FUNCTION increment_task_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.revision := OLD.revision + 1;
  IF (NEW.description, NEW.notes, NEW.due_on) IS DISTINCT FROM (OLD.description, OLD.notes, OLD.due_on)
    THEN NEW.text_revision := OLD.text_revision + 1;
    ELSE NEW.text_revision := OLD.text_revision;
  END IF;
  IF NEW.updated_at = OLD.updated_at THEN NEW.updated_at := now(); END IF;
  RETURN NEW;
END $$;
