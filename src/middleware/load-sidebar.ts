import type { NextFunction, Request, Response } from 'express';
import { viewerOf } from './authenticate.ts';
import { type Sidebar, sidebarOf } from '../models/list/queries.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Lists with open counts, categories and positions: filled by loadSidebar, on routes that show a page. */
      sidebar: Sidebar;
    }
  }
}

/** Before the rows of the page are read, so that its positions are never ahead of them. */
export async function loadSidebar(_req: Request, res: Response, next: NextFunction): Promise<void> {
  await fillSidebar(res);
  next();
}

/** For a change that shows a page after all, because it was refused: only then is the sidebar read. */
export async function fillSidebar(res: Response): Promise<void> {
  res.locals.sidebar ??= await sidebarOf(viewerOf(res));
}
