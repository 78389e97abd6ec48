'use strict';

module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(`
    CREATE FUNCTION record_new_categories() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM record_changes(array_agg((feed_id, 'category_changed', taskwire_actor(), 'category', id, NULL,
        jsonb_build_object('name', jsonb_build_array(NULL, name)))::feed_change)) FROM new_rows HAVING count(*) > 0;
      RETURN NULL;
    END $$;

    CREATE FUNCTION record_changed_categories() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM record_changes(array_agg((n.feed_id, 'category_changed', taskwire_actor(), 'category', n.id, NULL,
        changed_columns(to_jsonb(o), to_jsonb(n)))::feed_change))
      FROM new_rows n JOIN old_rows o USING (id) HAVING count(*) > 0;
      RETURN NULL;
    END $$;

    CREATE FUNCTION record_removed_categories() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM record_changes(array_agg((feed_id, 'category_changed', taskwire_actor(), 'category', id, NULL,
        jsonb_build_object('name', jsonb_build_array(name, NULL)))::feed_change)) FROM old_rows HAVING count(*) > 0;
      RETURN NULL;
    END $$;

    CREATE TRIGGER categories_inserted AFTER INSERT ON categories REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION record_new_categories();
    CREATE TRIGGER categories_updated AFTER UPDATE ON categories REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION record_changed_categories();
    CREATE TRIGGER categories_removed AFTER DELETE ON categories REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION record_removed_categories();
    CREATE TRIGGER categories_truncated BEFORE TRUNCATE ON categories
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();`),
  down: ({ sequelize }) =>
    sequelize.query(`
    DROP TRIGGER categories_truncated ON categories;
    DROP TRIGGER categories_removed ON categories;
    DROP TRIGGER categories_updated ON categories;
    DROP TRIGGER categories_inserted ON categories;
    DROP FUNCTION record_removed_categories();
    DROP FUNCTION record_changed_categories();
    DROP FUNCTION record_new_categories();`),
};
