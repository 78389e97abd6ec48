import { z } from 'zod';
import { InvalidQueryError } from '../../lib/errors.ts';
import { spool } from '../../lib/spool.ts';
import { readAndDrain, uploadQueue } from '../../lib/upload.ts';
import { limits } from '../../shared/limits.ts';
import { chooseColumns, guessColumns } from '../../transfer/import/columns.ts';
import { readTaskFile } from '../../transfer/task-file.ts';
import { operation } from '../operation.ts';
import {
  columnFields,
  dateOrder,
  importAnswer,
  importAttributes,
  importName,
  MAX_SOURCE_NAME,
  type ImportAttribute,
} from '../../schemas/import.ts';
import { resolveVisibleList } from '../../models/list/queries.ts';
import { importFile, importQueue } from '../../transfer/import/index.ts';
import { presentImportReport } from '../../presenters/import.ts';
import { flag, idParam } from '../../schemas/paging.ts';
import { ok } from '../response.ts';

const option = (byDefault: boolean, description: string) =>
  flag.default(byDefault).meta({ type: 'boolean', default: byDefault, description });

export const importTasks = operation({
  method: 'post',
  path: '/import',
  tag: 'Import and export',
  summary: 'Import a file of tasks into a list',
  description: [
    'The body is the file: an export of Taskwire (application/json), or CSV (text/csv) in UTF-8, in Windows-1252, ' +
      'or in UTF-16 with a byte order mark, with cells separated by commas, semicolons, tabs or bars. Columns are ' +
      'recognized by the names that Todoist, Trello, TickTick, Microsoft To Do and Planner, Asana, Jira, Notion, ' +
      'Google Tasks, Vikunja, Kanboard and others give them, in English, Spanish, Chinese and Arabic, unless you map ' +
      'them with `column[description]` and the like. Rows before the header are skipped.',
    'The list shows the tasks in the order of the file. A row is matched with a task of the same source by its id, ' +
      'and without one by its title; of several rows with one title, the first is the first.',
    'The import is one transaction: invalid rows are reported by number and nothing is imported, ' +
      'unless you send `skipInvalid=true`. Importing the same file again changes nothing. A file has at most ' +
      `${String(limits.importBytes / 1024 / 1024)} MB and ${limits.importRows.toLocaleString('en')} rows.`,
  ].join('\n\n'),
  scope: 'write',
  query: z.strictObject({
    listId: idParam.optional().meta({ description: 'Default: your personal list.' }),
    name: importName.min(1, 'errors.invalid').default('csv').meta({
      description: 'The source of a CSV file. Rows with the same key from the same source are the same task.',
      example: 'helpdesk',
      maxLength: MAX_SOURCE_NAME,
    }),
    update: option(true, 'Update tasks that were imported before.'),
    dates: dateOrder.optional().meta({
      description:
        'How dates such as 03/04/2026 are read. Without it the other dates of the file tell, or they are invalid.',
    }),
    skipInvalid: option(false, 'Import the valid rows even if others are invalid.'),
    dryRun: option(false, 'Return the same response without changing anything; invalid rows are counted.'),
    ...columnFields,
  }),
  reads: ['text/csv', 'application/json'],
  example: {
    query: { name: 'helpdesk' },
    body: 'id,description,dueOn\n17,Mend the lamp,2026-11-27\n18,Order a bulb,\n',
  },
  responses: { 200: { description: 'What was imported, or would be in a dry run.', schema: importAnswer } },
  async run({ viewer, query: { listId, dates, ...options }, req }) {
    const list = await resolveVisibleList(viewer, listId);
    const spooled = await uploadQueue.run(viewer.id, () =>
      readAndDrain(req, (chunks) => spool(chunks, limits.importBytes)),
    );
    const work = async () => {
      const file = await readTaskFile(spooled.bytes(), req.is('text/csv') ? 'csv' : 'json');
      const columns = file.kind === 'csv' ? mapColumns(file.header, options) : {};
      const report = await importFile(viewer, file, {
        ...options,
        listId: list,
        columns,
        dates: dates ?? null,
        usualDates: null,
      });
      return ok(presentImportReport(report, req.res?.locals.t ?? String));
    };
    return importQueue.run(viewer.id, work).finally(() => spooled.close());
  },
});

/** The columns that the query maps take precedence over those recognized by name. */
function mapColumns(header: string[], options: Partial<Record<`column[${ImportAttribute}]`, string | undefined>>) {
  const named = importAttributes.flatMap((attribute) => {
    const name = options[`column[${attribute}]`];
    if (name === undefined) return [];
    const column = header.indexOf(name);
    if (name !== '' && column < 0)
      throw new InvalidQueryError({ path: `column[${attribute}]`, message: 'imports.wrong.noColumn' });
    return [[attribute, name === '' ? null : column] as const];
  });
  return chooseColumns(guessColumns(header), named);
}
