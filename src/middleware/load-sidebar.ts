import type { NextFunction, Request, Response } from 'express';
import { recordId } from '../lib/parse.ts';
import { viewerOf } from './authenticate.ts';
import { requireLocal } from './locals.ts';
import { findSidebar, type Sidebar, type Subject } from '../models/list/queries.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Lists with open counts, categories and versions. Set by loadSidebar; read by sidebarOf. */
      sidebar?: Sidebar;
    }
  }
}

/**
 * For routes that render a page. Runs before the page's rows are read, so that its versions are never ahead of them.
 */
export async function loadSidebar(_req: Request, res: Response, next: NextFunction): Promise<void> {
  await fillSidebar(res);
  next();
}

/** For a route that redirects unless its form has errors: the sidebar is read only when the page is rendered again. */
export async function fillSidebar(res: Response): Promise<void> {
  res.locals.sidebar ??= await findSidebar(viewerOf(res), subjectOf(res.req));
}

/** What the page is about, by its address or by the form that was sent. What is not the viewer's has no effect. */
function subjectOf({ path, query, body }: Request): Subject {
  const [, kind, id] = /^\/(tasks|categories)\/(\d{1,9})(?:\/|$)/.exec(path) ?? [];
  return {
    listId: idIn(query.list) ?? idIn((body as { listId?: unknown } | undefined)?.listId),
    taskId: kind === 'tasks' ? idIn(id) : undefined,
    categoryId: kind === 'categories' ? idIn(id) : idIn(query.category),
  };
}

const idIn = (text: unknown): number | undefined => recordId.safeParse(text).data;

export const sidebarOf = (res: Response): Sidebar => requireLocal(res, 'sidebar', 'loadSidebar');
