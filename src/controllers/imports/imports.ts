import type { Request, Response } from 'express';
import { fileError, readTaskFile, type TaskFile } from '../../transfer/task-file.ts';
import { ValidationError } from '../../lib/errors.ts';
import { parse } from '../../lib/parse.ts';
import { spool, type Spooled } from '../../lib/spool.ts';
import { readUpload, uploadQueue } from '../../lib/upload.ts';
import { type DateOrder, usualOrder } from '../../lib/written-date.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { saveSession } from '../../middleware/session.ts';
import { limits } from '../../shared/limits.ts';
import { columnsOf, importForm, sourceNameOf, type ImportForm } from './form.ts';
import { previewOf } from './preview.ts';
import { Reply } from './reply.ts';
import { translateErrors, typedIn } from '../form-errors.ts';
import { nextTurn } from '../../lib/yielding.ts';
import { resolveVisibleList } from '../../models/list/queries.ts';
import { importFile, type ImportOptions, importQueue, type ImportReport } from '../../transfer/import/index.ts';

declare module 'express-session' {
  interface SessionData {
    /** How the person last said that dates such as 03/04/2026 are read. */
    dateOrder: DateOrder;
  }
}

interface UploadedFile {
  file: TaskFile;
  filename: string;
}

export function newForm(_req: Request, res: Response): void {
  res.render('imports/new', {
    input: { update: 'on', listId: String(viewerOf(res).listId) },
    errors: {},
    preview: null,
    again: false,
    ...res.locals.takeOnce(),
  });
}

/**
 * Previews an import, or runs it. The file is uploaded both times and not stored in between: the second request may
 * reach another process, and an abandoned preview leaves nothing behind.
 */
export async function create(req: Request, res: Response): Promise<void> {
  const reply = new Reply(req, res);
  const { id } = viewerOf(res);
  let spooled = null as Spooled | null;
  const read = async () => {
    const { fields, file } = await readUpload(req, limits.importBytes + 1, async (chunks, filename) => {
      spooled = await spool(chunks, limits.importBytes);
      return { spooled, filename };
    });
    return { fields, sent: await file };
  };
  try {
    const { fields, sent } = await uploadQueue.run(id, read);
    const input = typedIn(fields);
    await importQueue.run(id, async () => {
      try {
        const form = parse(importForm, fields);
        if (!sent) throw fileError('file');
        const file = await readTaskFile(sent.spooled.bytes());
        await respond(reply, req, res, form, input, { file, filename: sent.filename });
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error;
        await reply.page('imports/new', { input, errors: translateErrors(error, res), preview: null }, 422);
      }
    });
  } finally {
    // Also where the form was malformed after its file.
    await spooled?.close();
  }
}

async function respond(
  reply: Reply,
  req: Request,
  res: Response,
  form: ImportForm,
  input: ReturnType<typeof typedIn>,
  { file, filename }: UploadedFile,
): Promise<void> {
  const viewer = viewerOf(res);
  const known = form.digest === file.digest;
  const columns = columnsOf(form, file, known);
  const dates = (known && form.dates) || null;
  if (dates) await rememberOrder(req, dates);
  const options: ImportOptions = {
    listId: await resolveVisibleList(viewer, form.listId),
    name: form.name || sourceNameOf(filename),
    columns,
    dates,
    usualDates: req.session.dateOrder ?? usualOrder(req.acceptsLanguages()),
    update: form.update,
    skipInvalid: form.skipInvalid,
    dryRun: true,
  };
  if (form.step === 'import' && known) {
    const report = await orValidationError(() =>
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
  const dryRun = await orValidationError(() => importFile(viewer, file, options));
  const refused = dryRun instanceof ValidationError;
  const errors = refused
    ? translateErrors(dryRun, res)
    : form.digest !== undefined && !known
      ? translateErrors(fileError('otherFile'), res)
      : {};
  await nextTurn();
  const preview = previewOf(file, columns, refused ? null : dryRun, res.locals);
  await reply.page('imports/new', { input: { ...input, name: options.name }, errors, preview }, refused ? 422 : 200);
}

async function rememberOrder(req: Request, order: DateOrder): Promise<void> {
  if (req.session.dateOrder === order) return;
  req.session.dateOrder = order;
  await saveSession(req);
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

/** Validation errors are shown with the preview, where rows can be skipped and columns matched. */
const orValidationError = <T>(work: () => Promise<T>): Promise<T | ValidationError> =>
  work().catch((error: unknown) => {
    if (error instanceof ValidationError) return error;
    throw error;
  });
