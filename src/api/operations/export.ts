import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { recordId } from '../../lib/record-id.ts';
import { operation } from '../operation.ts';
import { exportSchema } from '../../schemas/export.ts';
import { exportList as exportListContents } from '../../models/list/list-export.ts';
import { exportFile, exportFormats } from '../../transfer/export.ts';

export const exportList = operation({
  method: 'get',
  path: '/export',
  tag: 'Import and export',
  summary: 'A list as a file',
  description:
    'JSON has everything and can be imported again. CSV has the tasks, a row each, under the names of their attributes; a text that a spreadsheet would take for a formula begins with an apostrophe there.',
  scope: 'read',
  query: z.strictObject({
    listId: recordId.optional().meta({ description: 'Your personal list unless said.' }),
    format: z.enum(exportFormats, 'errors.invalid').default('json'),
    trash: z
      .enum(['true', 'false'], 'errors.invalid')
      .default('false')
      .transform((text) => text === 'true')
      .meta({ description: 'With what is in the trash.' }),
  }),
  answers: {
    200: {
      description: 'The file, piece by piece.',
      schema: exportSchema,
      otherTypes: { 'text/csv': z.string() },
      headers: { 'Content-Disposition': 'What the file is called.' },
    },
  },
  problems: ['notFound'],
  async run({ viewer, query: { listId, format, trash } }) {
    const contents = await exportListContents(viewer, listId ?? viewer.listId, { trash });
    if (!contents) throw notFound();
    const { headers, text } = exportFile(contents, format);
    return { status: 200, headers, text };
  },
});
