import { createRequire } from 'node:module';
import path from 'node:path';
import express, { Router } from 'express';
import { locale } from '../middleware/locale.ts';

/** The folder of the package whose page shows the document. */
const viewer = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const shown = ['swagger-ui.css', 'swagger-ui-bundle.js'];

/** The documentation: for programs at /api/v1/openapi.json, for people at /api/docs. */
export function docs(): Router {
  const router = Router();
  router.get('/v1/openapi.json', async (_req, res) => {
    // Loaded when it is asked for: most processes never are.
    const { openapi } = await import('./openapi.ts');
    res.set('Cache-Control', 'no-cache').json(openapi());
  });
  router.get('/docs', locale, (_req, res) => {
    res.set('Cache-Control', 'no-cache').render('api/docs');
  });
  for (const name of shown)
    router.use(
      `/docs/${name}`,
      express.static(path.join(viewer, name), { maxAge: '1d', index: false, redirect: false }),
    );
  return router;
}
