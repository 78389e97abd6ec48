-- A row without a list gets that of its task, so that `task.addCategory(category)` and the like need not know the
-- column. The foreign key on (task_id, list_id) checks it.
CREATE OR REPLACE FUNCTION set_task_category_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT list_id INTO NEW.list_id FROM tasks WHERE id = NEW.task_id;
  RETURN NEW;
END $$;
