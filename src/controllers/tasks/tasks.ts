import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { presentTask } from '../../presenters/task.ts';
import { notFound } from '../../lib/http-error.ts';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { sidebarOf } from '../../middleware/load-sidebar.ts';
import { taskDetailsOf, taskOf } from '../../middleware/load-task.ts';
import type { Task } from '../../models/index.ts';
import type { Flash } from '../../middleware/page-locals.ts';
import { limits } from '../../shared/limits.ts';
import { redirectBack } from '../redirect-back.ts';
import { nextPage } from '../paging.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { showConflict } from './conflict.ts';
import { fieldsOf, windowTyped, editForm, newTaskForm } from './form.ts';
import { isFiltered, readListQuery, readNewQuery } from './filters.ts';
import { peopleFor, taskPage } from './page.ts';
import { assignableUsers, resolveVisibleList } from '../../models/list/queries.ts';
import {
  completeTask,
  createTask,
  EditConflictError,
  editTask,
  moveToTrash,
  reopenTask,
} from '../../models/task/commands.ts';
import { findTasks } from '../../models/task/list-page.ts';

/** Lists of tasks, and a task's own page. */
const COMPLETION_FORMS = /^\/(tasks(\/(\d+|mine))?)?$/;

export async function index(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const { filters, after } = readListQuery(req);
  const sidebar = sidebarOf(res);
  const chosen = sidebar.categories.find(({ id }) => id === filters.category);
  const list = sidebar.lists.find(({ id }) => id === (filters.list ?? chosen?.listId ?? viewer.listId));
  if (!list) throw notFound();
  const filtered = isFiltered(filters);
  const plain = !filtered && after === null;
  const [page, doneToday, people] = await Promise.all([
    findTasks(viewer, filters, after),
    plain ? findTasks(viewer, { ...filters, status: 'doneToday' }, null, limits.doneToday) : { tasks: [] },
    filters.list === undefined ? [] : assignableUsers(viewer, filters.list),
  ]);
  res.render('tasks/index', {
    filters,
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
    if (!task.available) await res.locals.keepFlash(scheduledFlash(task));
    redirectBack(req, res, '/tasks');
  } catch (error) {
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
  const task = taskOf(res);
  try {
    const { textRevision, ...input } = parse(editForm, req.body);
    const viewer = viewerOf(res);
    await editTask(task, viewer, { ...input, ...windowTyped(viewer, input, task) }, textRevision);
    res.redirect(303, `/tasks/${task.id}`);
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
  await completeTask(taskOf(res), viewerOf(res));
  redirectBack(req, res, '/tasks', COMPLETION_FORMS);
}

export async function reopen(req: Request, res: Response): Promise<void> {
  await reopenTask(taskOf(res), viewerOf(res));
  redirectBack(req, res, '/tasks', COMPLETION_FORMS);
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

/** A task that is not available yet does not appear on the list: links to where it waits. */
const scheduledFlash = ({ description, listId }: Task): Flash => ({
  kind: 'notice',
  key: 'tasks.scheduled',
  options: { description },
  link: { href: `/tasks?status=scheduled&list=${listId}`, labelKey: 'tasks.showScheduled' },
});
