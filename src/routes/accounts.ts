import { Router } from 'express';
import * as exports from '../controllers/exports.ts';
import * as imports from '../controllers/imports.ts';
import * as registrations from '../controllers/registrations.ts';
import * as sessions from '../controllers/sessions.ts';
import * as language from '../controllers/settings/language.ts';
import * as password from '../controllers/settings/password.ts';
import * as tokens from '../controllers/settings/tokens.ts';
import * as settings from '../controllers/settings.ts';
import { requireViewer } from '../middleware/authenticate.ts';
import { loadSidebar } from '../middleware/load-sidebar.ts';

/** Signing up, in and out, and what people set for themselves. */
export function accounts(): Router {
  const router = Router();

  router.get('/register', registrations.newForm);
  router.post('/register', registrations.create);

  router.get('/login', sessions.newForm);
  router.post('/login', sessions.create);
  router.post('/logout', sessions.destroy);

  router.get('/settings', requireViewer, loadSidebar, settings.show);
  router.patch('/settings/language', requireViewer, language.update);
  router.patch('/settings/password', requireViewer, password.update);
  router.get('/settings/tokens', requireViewer, loadSidebar, tokens.index);
  router.post('/settings/tokens', requireViewer, loadSidebar, tokens.create);
  router.delete('/settings/tokens/:id', requireViewer, tokens.destroy);

  router.get('/settings/export', requireViewer, exports.show);
  router.get('/settings/import', requireViewer, loadSidebar, imports.newForm);
  router.post('/settings/import', requireViewer, loadSidebar, imports.create);

  return router;
}
