import { Router } from 'express';
import * as exports from '../controllers/exports.ts';
import * as imports from '../controllers/imports/imports.ts';
import * as passwordResets from '../controllers/accounts/password-resets.ts';
import * as registrations from '../controllers/accounts/registrations.ts';
import * as sessions from '../controllers/accounts/sessions.ts';
import * as account from '../controllers/settings/account.ts';
import * as email from '../controllers/settings/email.ts';
import * as language from '../controllers/settings/language.ts';
import * as password from '../controllers/settings/password.ts';
import * as profile from '../controllers/settings/profile.ts';
import * as openSessions from '../controllers/settings/sessions.ts';
import * as tokens from '../controllers/settings/tokens.ts';
import * as settings from '../controllers/settings/settings.ts';
import { requireViewer } from '../middleware/authenticate.ts';
import { loadSidebar } from '../middleware/load-sidebar.ts';
import { hideAddress } from '../middleware/security-headers.ts';

/** Signing up, in and out, and what people set for themselves. */
export function accounts(): Router {
  const router = Router();

  router.get('/register', registrations.newForm);
  router.post('/register', registrations.create);

  router.get('/login', sessions.newForm);
  router.post('/login', sessions.create);
  router.post('/logout', sessions.destroy);

  router.get('/password-resets/new', passwordResets.newForm);
  router.post('/password-resets', passwordResets.create);
  router.get('/password-resets/:token', hideAddress, passwordResets.show);
  router.patch('/password-resets/:token', hideAddress, passwordResets.update);

  router.get('/settings', requireViewer, loadSidebar, settings.show);
  router.patch('/settings/language', requireViewer, language.update);
  router.get('/settings/profile', requireViewer, loadSidebar, profile.show);
  router.patch('/settings/profile', requireViewer, profile.update);
  router.post('/settings/email', requireViewer, email.create);
  router.get('/settings/email/:token', requireViewer, hideAddress, loadSidebar, email.show);
  router.patch('/settings/email/:token', requireViewer, hideAddress, email.update);
  router.get('/settings/password', requireViewer, loadSidebar, password.show);
  router.patch('/settings/password', requireViewer, password.update);
  router.get('/settings/sessions', requireViewer, loadSidebar, openSessions.index);
  router.delete('/settings/sessions', requireViewer, openSessions.destroyOthers);
  router.delete('/settings/sessions/:id', requireViewer, openSessions.destroy);
  router.get('/settings/account', requireViewer, loadSidebar, account.show);
  router.delete('/settings/account', requireViewer, account.destroy);
  router.get('/settings/tokens', requireViewer, loadSidebar, tokens.index);
  router.post('/settings/tokens', requireViewer, loadSidebar, tokens.create);
  router.delete('/settings/tokens/:id', requireViewer, tokens.destroy);

  router.get('/settings/export', requireViewer, exports.show);
  router.get('/settings/import', requireViewer, loadSidebar, imports.newForm);
  router.post('/settings/import', requireViewer, loadSidebar, imports.create);

  return router;
}
