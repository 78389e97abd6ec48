import { createRequire } from 'node:module';
import path from 'node:path';
import express, { Router } from 'express';
import { locale } from '../middleware/locale.ts';

const swaggerUi = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const assets = ['swagger-ui.css', 'swagger-ui-bundle.js'];

/** The documentation: the OpenAPI document at /api/v1/openapi.json, and Swagger UI for it at /api/docs. */
export function docs(): Router {
  const router = Router();
  router.get('/v1/openapi.json', async (_req, res) => {
    // Loaded on first use: most processes never serve it.
    const { openapi } = await import('./openapi.ts');
    res.set('Cache-Control', 'no-cache').json(openapi());
  });
  router.get('/docs', locale, (_req, res) => {
    res.set('Cache-Control', 'no-cache').render('api/docs');
  });
  for (const name of assets)
    router.use(
      `/docs/${name}`,
      express.static(path.join(swaggerUi, name), { maxAge: '1d', index: false, redirect: false }),
    );
  return router;
}
