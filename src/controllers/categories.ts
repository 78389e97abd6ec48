import type { Request, Response } from 'express';
import { parse, recordId } from '../lib/parse.ts';
import { viewerOf } from '../middleware/authenticate.ts';
import { categoryOf } from '../middleware/load-category.ts';
import { sidebarOf } from '../middleware/load-sidebar.ts';
import { categoryColors } from '../shared/limits.ts';
import { renderFormErrors, typedIn } from './form-errors.ts';
import { readNewQuery } from './tasks/filters.ts';
import { createCategory, destroyCategory, updateCategory } from '../models/category/commands.ts';
import { countOpenTasks } from '../models/category/queries.ts';
import { resolveVisibleList } from '../models/list/queries.ts';
import { categoryForm } from '../schemas/category.ts';

const newCategoryForm = categoryForm.extend({ listId: recordId.optional() });

/** Grouped by list: of a person in many lists the first ones of each, and all of the list that `?list=` names. */
export async function index(_req: Request, res: Response): Promise<void> {
  const sidebar = sidebarOf(res);
  const open = await countOpenTasks(sidebar.categories);
  const categories = sidebar.categories.map((category) => ({ ...category, open: open.get(category.id) ?? 0 }));
  const lists = sidebar.lists.map((list) => ({
    list,
    categories: categories.filter(({ listId }) => listId === list.id),
  }));
  res.render('categories/index', { lists: lists.filter((list) => list.categories.length > 0) });
}

/** A category's page is the list of its tasks. */
export function show(_req: Request, res: Response): void {
  res.redirect(303, `/tasks?category=${categoryOf(res).id}`);
}

export function newForm(req: Request, res: Response): void {
  const { list } = readNewQuery(req);
  res.render('categories/new', {
    category: null,
    input: { listId: String(list ?? '') },
    errors: {},
    colors: categoryColors,
  });
}

export async function create(req: Request, res: Response): Promise<void> {
  try {
    const viewer = viewerOf(res);
    const { listId, ...input } = parse(newCategoryForm, req.body);
    await createCategory(viewer, await resolveVisibleList(viewer, listId), input);
    res.redirect(303, '/categories');
  } catch (error) {
    await renderFormErrors(error, res, 'categories/new', {
      category: null,
      input: typedIn(req.body),
      colors: categoryColors,
    });
  }
}

export function edit(_req: Request, res: Response): void {
  const category = categoryOf(res);
  res.render('categories/edit', {
    category,
    input: { name: category.name.original, color: category.color },
    errors: {},
    colors: categoryColors,
  });
}

export async function update(req: Request, res: Response): Promise<void> {
  const category = categoryOf(res);
  try {
    await updateCategory(category, viewerOf(res), parse(categoryForm, req.body));
    res.redirect(303, '/categories');
  } catch (error) {
    await category.reload();
    await renderFormErrors(error, res, 'categories/edit', {
      category,
      input: typedIn(req.body),
      colors: categoryColors,
    });
  }
}

export async function destroy(_req: Request, res: Response): Promise<void> {
  await destroyCategory(categoryOf(res), viewerOf(res));
  res.redirect(303, '/categories');
}
