import { z } from 'zod';
import { InvalidQueryError } from '../../lib/errors.ts';
import { recordId } from '../../lib/record-id.ts';
import { readAndDrain } from '../../lib/upload.ts';
import { chooseColumns, type FileAttribute, fileAttributes, guessColumns } from '../../transfer/import/columns.ts';
import { readTaskFile } from '../../transfer/task-file.ts';
import { ok, operation } from '../operation.ts';
import { columnFields, importAnswer, presentReport } from '../../schemas/import.ts';
import { resolveVisibleList } from '../../models/list/queries.ts';
import { importFile, importQueue } from '../../transfer/import/index.ts';

const flag = (otherwise: 'true' | 'false') =>
  z
    .enum(['true', 'false'], 'errors.invalid')
    .default(otherwise)
    .transform((text) => text === 'true');

export const importTasks = operation({
  method: 'post',
  path: '/import',
  tag: 'Import and export',
  summary: 'Import a file of tasks into a list',
  description: [
    'The body is the file: an export (application/json), or CSV of any program (text/csv), in UTF-8, or in UTF-16 with a byte order mark. The first row of CSV names its columns; which of them says what is guessed, unless `column[description]` and the like name them.',
    'All of it or nothing: rows that are wrong are errors with their numbers, unless `skipInvalid=true`. The same file once more changes nothing.',
  ].join('\n\n'),
  scope: 'write',
  query: z.strictObject({
    listId: recordId.optional().meta({ description: 'Your personal list unless said.' }),
    name: z.string().trim().min(1, 'errors.invalid').max(80, 'errors.invalid').default('csv').meta({
      description: 'Where a CSV file comes from. Keys of the same name are the same tasks.',
      example: 'helpdesk',
    }),
    update: flag('true').meta({
      description: 'Whether tasks that were imported before are changed to what the file says.',
    }),
    skipInvalid: flag('false').meta({ description: 'Whether the rest is imported where rows are wrong.' }),
    dryRun: flag('false').meta({ description: 'Answers the same and changes nothing; wrong rows are counted.' }),
    ...columnFields,
  }),
  reads: ['text/csv', 'application/json'],
  example: {
    query: { name: 'helpdesk' },
    body: 'id,description,dueOn\n17,Mend the lamp,2026-11-27\n18,Order a bulb,\n',
  },
  answers: { 200: { description: 'What was imported, or in a dry run would be.', schema: importAnswer } },
  run: ({ viewer, query: { listId, ...options }, req }) =>
    importQueue.run(viewer.id, async () => {
      const list = await resolveVisibleList(viewer, listId);
      const file = await readAndDrain(req, (chunks) => readTaskFile(chunks, req.is('text/csv') ? 'csv' : 'json'));
      return ok(
        presentReport(
          await importFile(viewer, file, {
            ...options,
            listId: list,
            columns: file.kind === 'csv' ? chosen(file.header, options) : {},
          }),
          req.res?.locals.t ?? String,
        ),
      );
    }),
});

/** The columns that the query names in place of those that would be guessed. */
function chosen(header: string[], options: Partial<Record<`column[${FileAttribute}]`, string | undefined>>) {
  const named = fileAttributes.flatMap((attribute) => {
    const name = options[`column[${attribute}]`];
    if (name === undefined) return [];
    const column = header.indexOf(name);
    if (name !== '' && column < 0)
      throw new InvalidQueryError({ path: `column[${attribute}]`, message: 'imports.wrong.noColumn' });
    return [[attribute, name === '' ? null : column] as const];
  });
  return chooseColumns(guessColumns(header), named);
}
