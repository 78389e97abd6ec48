import type { NextFunction, Request, Response } from 'express';
import { notFound } from '../lib/http-error.ts';
import { idInPath } from '../lib/parse.ts';
import type { Category } from '../models/index.ts';
import { viewerOf } from './authenticate.ts';
import { requireLocal } from './locals.ts';
import { findVisibleCategory } from '../models/category/queries.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Set by loadCategory; read by categoryOf. */
      category?: Category;
    }
  }
}

/** Loads the category of `:id`. @throws HttpError 404 unless the viewer sees it */
export async function loadCategory(req: Request, res: Response, next: NextFunction): Promise<void> {
  const category = await findVisibleCategory(viewerOf(res), idInPath(req.params.id));
  if (!category) throw notFound();
  res.locals.category = category;
  next();
}

export const categoryOf = (res: Response): Category => requireLocal(res, 'category', 'loadCategory');
