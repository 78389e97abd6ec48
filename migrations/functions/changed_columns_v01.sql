-- {column: [old, new]} for each column that differs, without the bookkeeping that changes every time, and what is generated.
-- NULL if nothing else differs.
CREATE OR REPLACE FUNCTION changed_columns(old jsonb, new jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_object_agg(key, jsonb_build_array(old -> key, value))
  FROM jsonb_each(new)
  WHERE value IS DISTINCT FROM old -> key AND key NOT IN ('updated_at', 'revision', 'text_revision', 'search_text', 'folded_name')
$$;
