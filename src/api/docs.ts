import { createRequire } from 'node:module';
import path from 'node:path';
import express, { Router } from 'express';
import { locale } from '../middleware/locale.ts';
import { ownOrigin } from '../middleware/security.ts';

const swaggerUi = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const assets = ['swagger-ui.css', 'swagger-ui-bundle.js'];

/**
 * The documentation: the OpenAPI document at /api/v1/openapi.json, the AsyncAPI document of sockets at
 * /api/v1/asyncapi.json, and a page of both at /api/docs. Loaded on first use: most processes never serve it.
 */
export function docs(): Router {
  const router = Router();
  router.get('/v1/openapi.json', async (_req, res) => {
    const { openapi } = await import('./openapi.ts');
    res.set('Cache-Control', 'no-cache').json(openapi());
  });
  router.get('/v1/asyncapi.json', async (req, res) => {
    const { asyncapi } = await import('./asyncapi.ts');
    res.set('Cache-Control', 'no-cache').json(asyncapi(ownOrigin(req, req.app.locals.settings)));
  });
  router.get('/docs', locale, async (req, res) => {
    const { eventDocs } = await import('./asyncapi.ts');
    const live = eventDocs(ownOrigin(req, req.app.locals.settings));
    res.set('Cache-Control', 'no-cache').render('api/docs', { live });
  });
  for (const name of assets)
    router.use(
      `/docs/${name}`,
      express.static(path.join(swaggerUi, name), { maxAge: '1d', index: false, redirect: false }),
    );
  return router;
}
