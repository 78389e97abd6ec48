import { z } from 'zod';
import type { NamedCategory } from '../merge/options.ts';
import { limits } from '../../shared/limits.ts';
import { categoryColor, localizedName } from '../../schemas/category.ts';
import { exportFormat } from '../../schemas/export.ts';
import { fileError } from '../import/errors.ts';

/** An exported list, its tasks not looked at yet. */
export interface ExportFile {
  kind: 'json';
  /** Of the list that it was made from, wherever that is. */
  listKey: string;
  /** By name, how the categories look. */
  categories: Map<string, NamedCategory>;
  tasks: unknown[];
}

const whole = z.object({
  format: z.literal(exportFormat.format),
  version: z.int().positive(),
  list: z.object({ key: z.string().regex(/^[\w-]{1,64}$/) }),
  categories: z.array(z.object({ name: localizedName, color: categoryColor })).default([]),
  tasks: z.array(z.unknown()),
});

/** @throws ValidationError where the text is no export, not all of one, or one of a later version */
export function readExport(text: string): ExportFile {
  const read = whole.safeParse(parsed(text));
  if (!read.success) throw fileError('list');
  const { version, list, categories, tasks } = read.data;
  if (version > exportFormat.version) throw fileError('version');
  if (tasks.length > limits.importRows) throw fileError('tooManyRows', { max: limits.importRows });
  if (tasks.length === 0) throw fileError('empty');
  return {
    kind: 'json',
    listKey: list.key,
    categories: new Map(categories.map((category) => [category.name.original, category])),
    tasks,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw fileError('json');
  }
}
