import type { Request, Response } from 'express';
import { viewerOf } from '../../middleware/authenticate.ts';

export function show(_req: Request, res: Response): void {
  const { locale } = viewerOf(res);
  res.render('settings/show', { input: { locale }, errors: {} });
}
