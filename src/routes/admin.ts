import { Router } from 'express';
import * as audit from '../controllers/admin/audit.ts';
import * as mails from '../controllers/admin/mails.ts';
import * as rights from '../controllers/admin/rights.ts';
import * as users from '../controllers/admin/users.ts';
import { requireAdministrator, requireViewer } from '../middleware/authenticate.ts';
import { loadSidebar } from '../middleware/load-sidebar.ts';

/** Looking after everybody; for whoever is no administrator there is no such page. */
export function adminRoutes(): Router {
  const router = Router();

  router.get('/admin/users', requireViewer, requireAdministrator, loadSidebar, users.index);
  router.get('/admin/users/:id', requireViewer, requireAdministrator, loadSidebar, users.show);
  router.post('/admin/users/:id/disabled', requireViewer, requireAdministrator, rights.disable);
  router.delete('/admin/users/:id/disabled', requireViewer, requireAdministrator, rights.enable);
  router.post('/admin/users/:id/administrator', requireViewer, requireAdministrator, rights.promote);
  router.delete('/admin/users/:id/administrator', requireViewer, requireAdministrator, rights.demote);

  router.get('/admin/mails', requireViewer, requireAdministrator, loadSidebar, mails.index);
  router.get('/admin/audit', requireViewer, requireAdministrator, loadSidebar, audit.index);

  return router;
}
