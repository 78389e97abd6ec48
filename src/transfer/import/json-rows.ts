import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { forEachYielding } from '../../lib/yielding.ts';
import { docFields, externalKey } from '../../schemas/merge.ts';
import { taskDescription } from '../../schemas/task.ts';
import { limits } from '../../shared/limits.ts';
import type { ExportFile } from '../task-file.ts';
import { RowCollector, type ImportRows } from './rows.ts';

const taskInFile = z.object({
  id: externalKey.optional(),
  description: taskDescription,
  ...docFields,
  deletedAt: z.unknown().optional(),
});

/**
 * The tasks of an exported list, with its invalid ones.
 * @param stops at a hundred invalid ones @throws ValidationError with those
 */
export async function readJsonRows({ tasks, categories: defined }: ExportFile, stops: boolean): Promise<ImportRows> {
  const rows = new RowCollector(stops);
  await forEachYielding(tasks, (task, index) => {
    const { description } = Object(task) as { description?: unknown };
    const shown = typeof description === 'string' ? description.slice(0, limits.description) : '';
    rows.add(index + 1, shown, () => {
      const { id = null, deletedAt = null, categories = [], ...fields } = parse(taskInFile, task);
      return {
        ...fields,
        row: index + 1,
        fileId: id,
        remarks: [],
        deleted: deletedAt !== null,
        categories: categories.map((one) => defined.get(one.name.original) ?? one),
      };
    });
  });
  return rows.found;
}
