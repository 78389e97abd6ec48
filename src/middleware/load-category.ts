import type { NextFunction, Request, Response } from 'express';
import { notFound } from '../lib/http-error.ts';
import { idInPath } from '../lib/record-id.ts';
import { Category } from '../models/index.ts';
import { viewerOf } from './authenticate.ts';
import { findVisibleCategory } from '../models/category/queries.ts';

declare global {
  namespace Express {
    interface Locals {
      /** The category of the URL: filled by loadCategory. */
      category: Category;
    }
  }
}

/** @throws HttpError 404 where the viewer has no such category */
export async function loadCategory(req: Request, res: Response, next: NextFunction): Promise<void> {
  const category = await findVisibleCategory(viewerOf(res), idInPath(req.params.id));
  if (!category) throw notFound();
  res.locals.category = category;
  next();
}
