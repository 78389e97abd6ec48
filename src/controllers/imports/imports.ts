import type { Request, Response } from 'express';
import { fileError, readTaskFile, type TaskFile } from '../../transfer/task-file.ts';
import { ValidationError } from '../../lib/validation-error.ts';
import { parse } from '../../lib/parse.ts';
import { readUpload } from '../../lib/upload.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { limits } from '../../shared/limits.ts';
import { columnsOf, importForm, type ImportForm } from './form.ts';
import { nameOf } from './name.ts';
import { previewOf } from './preview.ts';
import { Reply } from './reply.ts';
import { typedIn } from '../form-errors.ts';
import { resolveVisibleList } from '../../models/list/queries.ts';
import { importFile, type ImportOptions, importQueue, type ImportReport } from '../../transfer/import/index.ts';

/** A form with a file that was chosen in it, and what the file is called. */
interface Chosen {
  file: TaskFile;
  filename: string;
}

export function newForm(_req: Request, res: Response): void {
  res.render('imports/new', {
    input: { update: 'on', listId: String(viewerOf(res).listId) },
    errors: {},
    preview: null,
    again: false,
  });
}

/**
 * Shows what an import would do, or does it. The file comes with both: between the two nothing is kept of it,
 * so that the second may reach another process, and who looks and goes away leaves nothing behind.
 */
export async function create(req: Request, res: Response): Promise<void> {
  const reply = new Reply(req, res);
  await importQueue.run(viewerOf(res).id, async () => {
    const { fields, file } = await readUpload(
      req,
      limits.importBytes + 1,
      async (chunks, filename): Promise<Chosen> => ({ file: await readTaskFile(chunks), filename }),
    );
    const input = typedIn(fields);
    try {
      const form = parse(importForm, fields);
      const chosen = await file;
      if (!chosen) throw fileError('file');
      await answer(reply, res, form, input, chosen);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      await reply.page('imports/new', { input, errors: errorsOf(error, res), preview: null }, 422);
    }
  });
}

async function answer(
  reply: Reply,
  res: Response,
  form: ImportForm,
  input: ReturnType<typeof typedIn>,
  { file, filename }: Chosen,
): Promise<void> {
  const viewer = viewerOf(res);
  const known = form.digest === file.digest;
  const columns = columnsOf(form, file, known);
  const options: ImportOptions = {
    listId: await resolveVisibleList(viewer, form.listId),
    name: form.name || nameOf(filename),
    columns,
    update: form.update,
    skipInvalid: form.skipInvalid,
    dryRun: true,
  };
  if (form.step === 'import' && known) {
    const report = await unlessRefused(() =>
      importFile(viewer, file, {
        ...options,
        dryRun: false,
        onProgress: (written, total) => {
          reply.progress(written, total);
        },
      }),
    );
    if (!(report instanceof ValidationError)) {
      await keepReport(res, report);
      reply.redirect('/settings/import');
      return;
    }
  }
  const looked = await unlessRefused(() => importFile(viewer, file, options));
  const refused = looked instanceof ValidationError;
  const errors = refused
    ? errorsOf(looked, res)
    : form.digest !== undefined && !known
      ? errorsOf(fileError('otherFile'), res)
      : {};
  const preview = previewOf(file, columns, refused ? null : looked, res.locals.t);
  await reply.page('imports/new', { input: { ...input, name: options.name }, errors, preview }, refused ? 422 : 200);
}

function keepReport(
  res: Response,
  { counts: { insert, update, unchanged, skip, wrong }, categories }: ImportReport,
): Promise<void> {
  return res.locals.keepFlash({
    kind: 'notice',
    key: 'imports.report',
    options: { insert, update, unchanged, skipped: skip + wrong, categories: categories.length },
  });
}

/** What is refused is shown: wrong rows can be left out, and columns chosen. */
const unlessRefused = <T>(work: () => Promise<T>): Promise<T | ValidationError> =>
  work().catch((error: unknown) => {
    if (error instanceof ValidationError) return error;
    throw error;
  });

const errorsOf = ({ errors }: ValidationError, res: Response): Record<string, string> =>
  Object.fromEntries(errors.map(({ path, message, params }) => [path, res.locals.t(message, params)]));
