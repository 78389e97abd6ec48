import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { presentTask } from '../../presenters/task.ts';
import { notFound } from '../../lib/http-error.ts';
import { searchWords } from '../../lib/fold.ts';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { wantsJson } from '../../middleware/page-locals.ts';
import { sidebarOf } from '../../middleware/load-sidebar.ts';
import { taskDetailsOf, taskOf } from '../../middleware/load-task.ts';
import { limits } from '../../shared/limits.ts';
import { redirectBack } from '../../middleware/redirect-back.ts';
import { nextPage } from '../paging.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { sendChanged } from './changed.ts';
import { peopleFor, showConflict, taskPage } from './page.ts';
import { fieldsOf, windowTyped, editForm, newTaskForm } from './form.ts';
import { isFiltered, readListQuery, readNewQuery } from './filters.ts';
import { assignableUsers, resolveVisibleList } from '../../models/list/queries.ts';
import {
  completeTask,
  createTask,
  EditConflictError,
  editTask,
  moveToTrash,
  reopenTask,
  restoreTask,
} from '../../models/task/commands.ts';
import type { TaskFilters } from '../../models/task/filters.ts';
import { findTasks, findWithBesides } from '../../models/task/list-page.ts';
import type { TaskPayload } from '../../shared/events.ts';

export async function index(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const { filters, after } = readListQuery(req);
  const sidebar = sidebarOf(res);
  const chosen = sidebar.categories.find(({ id }) => id === filters.category);
  const list = sidebar.lists.find(({ id }) => id === (filters.list ?? chosen?.listId ?? viewer.listId));
  if (!list) throw notFound();
  const filtered = isFiltered(filters);
  const plain = !filtered && after === null;
  const [{ page, also }, doneToday, people] = await Promise.all([
    findWithBesides(viewer, filters, after),
    plain ? findTasks(viewer, { ...filters, status: 'doneToday' }, null, limits.doneToday) : { tasks: [] },
    filters.list === undefined ? [] : assignableUsers(viewer, filters.list),
  ]);
  if (filters.q !== undefined) res.locals.words = searchWords(filters.q);
  res.render('tasks/index', {
    filters,
    also: also ? groupsOf(also.tasks.map(presentTask), filters) : [],
    alsoMore: also?.more ? `/tasks?${new URLSearchParams({ q: filters.q ?? '', status: 'all' }).toString()}` : null,
    plain,
    filtered,
    chosen,
    list,
    people,
    tasks: page.tasks.map(presentTask),
    doneToday: doneToday.tasks.map(presentTask),
    next: nextPage(req, page.next),
    open: sidebar.lists.filter(({ id }) => id === (filters.list ?? id)).reduce((sum, each) => sum + each.open, 0),
    formKey: randomUUID(),
    input: {},
    errors: {},
  });
}

/** In the order in which people look for them. */
const groupNames = ['open', 'scheduled', 'elsewhere', 'done'] as const;

/** What a search found besides the list that is shown, by why it is not in that list. */
function groupsOf(tasks: TaskPayload[], { list }: TaskFilters): { name: string; tasks: TaskPayload[] }[] {
  const nameOf = ({ completed, available, listId }: TaskPayload): (typeof groupNames)[number] =>
    completed ? 'done' : list !== undefined && listId !== list ? 'elsewhere' : available ? 'open' : 'scheduled';
  return groupNames
    .map((name) => ({ name, tasks: tasks.filter((task) => nameOf(task) === name) }))
    .filter((group) => group.tasks.length > 0);
}

export async function show(_req: Request, res: Response): Promise<void> {
  res.render('tasks/show', { ...(await taskPage(res, taskDetailsOf(res))), input: {}, errors: {} });
}

export async function newForm(req: Request, res: Response): Promise<void> {
  const { list: listId } = readNewQuery(req);
  if (listId !== undefined && !sidebarOf(res).lists.some(({ id }) => id === listId)) throw notFound();
  res.render('tasks/new', {
    task: null,
    input: { listId: String(listId ?? '') },
    errors: {},
    formKey: randomUUID(),
    people: await peopleFor(res, listId),
  });
}

export async function create(req: Request, res: Response): Promise<void> {
  try {
    const viewer = viewerOf(res);
    const { listId, ...input } = parse(newTaskForm, req.body);
    const task = await createTask(viewer, {
      ...input,
      ...windowTyped(viewer, input),
      listId: await resolveVisibleList(viewer, listId),
    });
    await sendChanged(req, res, task, 'added');
  } catch (error) {
    if (wantsJson(req)) throw error;
    const input = typedIn(req.body);
    const formKey = typeof input.formKey === 'string' ? input.formKey : randomUUID();
    await renderFormErrors(error, res, 'tasks/new', {
      task: null,
      input,
      formKey,
      people: await peopleFor(res, Number(input.listId)),
    });
  }
}

export async function edit(_req: Request, res: Response): Promise<void> {
  const task = presentTask(taskDetailsOf(res));
  res.render('tasks/edit', {
    task,
    input: fieldsOf(viewerOf(res), task),
    errors: {},
    textRevision: task.textRevision,
    people: await peopleFor(res, task.listId),
  });
}

export async function update(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const task = taskOf(res);
  try {
    const { textRevision, ...input } = parse(editForm, req.body);
    if (task.deletedAt) await restoreTask(task, viewer);
    await editTask(task, viewer, { ...input, ...windowTyped(viewer, input, task) }, textRevision);
    const { from } = res.locals;
    res.redirect(303, from ? `${from}#task_${task.id}` : `/tasks/${task.id}`);
  } catch (error) {
    if (error instanceof EditConflictError) return showConflict(error, req, res);
    const input = typedIn(req.body);
    await renderFormErrors(error, res, 'tasks/edit', {
      task,
      input,
      textRevision: input.textRevision,
      people: await peopleFor(res, task.listId),
    });
  }
}

export async function complete(req: Request, res: Response): Promise<void> {
  await sendChanged(req, res, await completeTask(taskOf(res), viewerOf(res)), 'completed');
}

export async function reopen(req: Request, res: Response): Promise<void> {
  await sendChanged(req, res, await reopenTask(taskOf(res), viewerOf(res)), 'reopened');
}

export async function destroy(req: Request, res: Response): Promise<void> {
  const task = taskOf(res);
  await moveToTrash(task, viewerOf(res));
  await res.locals.keepFlash({
    kind: 'notice',
    key: 'tasks.deleted',
    options: { description: task.description },
    undo: { action: `/trash/${task.id}/restore`, method: 'POST', labelKey: 'tasks.undo' },
  });
  redirectBack(req, res, '/tasks');
}
