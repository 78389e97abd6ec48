import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { operation } from '../operation.ts';
import { exportSchema } from '../../schemas/export.ts';
import { exportList as exportListContents } from '../../models/list/list-export.ts';
import { exportFile, exportFormats } from '../../transfer/export.ts';
import { flag, idParam } from '../../schemas/paging.ts';

export const exportList = operation({
  method: 'get',
  path: '/export',
  tag: 'Import and export',
  summary: 'Export a list as a file',
  description:
    'JSON contains everything and can be imported again. CSV contains one row for each task, with the' +
    ' attribute names as its header; text that a spreadsheet would run as a formula is prefixed with ' +
    'an apostrophe.',
  scope: 'read',
  query: z.strictObject({
    listId: idParam.optional().meta({ description: 'Default: your personal list.' }),
    format: z.enum(exportFormats, 'errors.invalid').default('json'),
    trash: flag.default(false).meta({ type: 'boolean', description: '`true`: include tasks in the trash.' }),
  }),
  responses: {
    200: {
      description: 'The file, streamed.',
      schema: exportSchema,
      otherTypes: { 'text/csv': z.string() },
      headers: { 'Content-Disposition': 'The name of the file.' },
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
