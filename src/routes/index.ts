import { Router, type RequestHandler } from 'express';
import * as passwordResets from '../controllers/accounts/password-resets.ts';
import * as registrations from '../controllers/accounts/registrations.ts';
import * as sessions from '../controllers/accounts/sessions.ts';
import * as activity from '../controllers/activity.ts';
import * as audit from '../controllers/admin/audit.ts';
import * as mails from '../controllers/admin/mails.ts';
import * as users from '../controllers/admin/users.ts';
import * as categories from '../controllers/categories.ts';
import * as exports from '../controllers/exports.ts';
import * as imports from '../controllers/imports/imports.ts';
import * as inbox from '../controllers/inbox.ts';
import * as lists from '../controllers/lists.ts';
import * as account from '../controllers/settings/account.ts';
import * as email from '../controllers/settings/email.ts';
import * as password from '../controllers/settings/password.ts';
import * as profile from '../controllers/settings/profile.ts';
import * as openSessions from '../controllers/settings/sessions.ts';
import * as settings from '../controllers/settings/settings.ts';
import * as tokens from '../controllers/settings/tokens.ts';
import * as assigned from '../controllers/tasks/assigned.ts';
import * as follow from '../controllers/tasks/follow.ts';
import * as move from '../controllers/tasks/move.ts';
import * as tasks from '../controllers/tasks/tasks.ts';
import * as invitations from '../controllers/teams/invitations.ts';
import * as members from '../controllers/teams/members.ts';
import * as teams from '../controllers/teams/teams.ts';
import * as trash from '../controllers/trash.ts';
import { requireAdministrator, requireViewer } from '../middleware/authenticate.ts';
import { loadCategory } from '../middleware/load-category.ts';
import { loadSidebar } from '../middleware/load-sidebar.ts';
import { loadTask, loadTaskDetails, loadTaskToEdit, loadTrashedTask } from '../middleware/load-task.ts';
import { loadTeam, requireOwner } from '../middleware/load-team.ts';
import { takeTurn } from '../middleware/limits.ts';
import { hideAddress } from '../middleware/security.ts';

/** The table of contents: public routes first, then everything behind requireViewer. */
export function routes(): Router {
  const router = Router();

  router.get('/register', registrations.newForm);
  router.post('/register', registrations.create);
  router.get('/registrations/:token', hideAddress, registrations.show);
  router.post('/registrations/:token', hideAddress, registrations.complete);
  router.get('/login', sessions.newForm);
  router.post('/login', sessions.create);
  router.post('/logout', sessions.destroy);
  router.get('/password-resets/new', passwordResets.newForm);
  router.post('/password-resets', passwordResets.create);
  router.get('/password-resets/:token', hideAddress, passwordResets.show);
  router.patch('/password-resets/:token', hideAddress, passwordResets.update);
  router.get('/invitations/:token', hideAddress, invitations.show);

  mountRoutes(router, signedInRoutes());
  router.use(redirectToPage(router));

  return router;
}

function signedInRoutes(): Router {
  const router = Router();
  router.use(requireViewer);

  // Files take turns of their own, in the controllers: they may take minutes.
  router.get('/settings/export', exports.show);
  router.post('/settings/import', loadSidebar, imports.create);

  router.use(takeTurn);

  router.get('/', loadSidebar, tasks.index);
  router.get('/tasks', loadSidebar, tasks.index);
  router.post('/tasks', tasks.create);
  router.get('/tasks/new', loadSidebar, tasks.newForm);
  router.get('/tasks/mine', loadSidebar, assigned.index);
  router.get('/tasks/:id', loadSidebar, loadTaskDetails, tasks.show);
  router.get('/tasks/:id/edit', loadSidebar, loadTaskDetails, tasks.edit);
  router.patch('/tasks/:id', loadTaskToEdit, tasks.update);
  router.delete('/tasks/:id', loadTask, tasks.destroy);
  router.put('/tasks/:id/list', loadTask, move.update);
  router.post('/tasks/:id/completion', loadTask, tasks.complete);
  router.delete('/tasks/:id/completion', loadTask, tasks.reopen);
  router.post('/tasks/:id/follow', loadTask, follow.create);
  router.delete('/tasks/:id/follow', loadTask, follow.destroy);
  router.post('/tasks/:id/reading', follow.markRead);

  router.get('/inbox', loadSidebar, inbox.index);
  router.post('/inbox/reading', inbox.markRead);
  router.get('/activity', loadSidebar, activity.index);
  router.get('/lists/:id/events', lists.events);

  router.get('/trash', loadSidebar, trash.index);
  router.post('/trash/:id/restore', loadTrashedTask, trash.restore);
  router.delete('/trash/:id', loadTrashedTask, trash.destroy);

  router.get('/categories', loadSidebar, categories.index);
  router.post('/categories', categories.create);
  router.get('/categories/new', loadSidebar, categories.newForm);
  router.get('/categories/:id', loadCategory, categories.show);
  router.get('/categories/:id/edit', loadSidebar, loadCategory, categories.edit);
  router.patch('/categories/:id', loadCategory, categories.update);
  router.delete('/categories/:id', loadCategory, categories.destroy);

  router.get('/teams', loadSidebar, teams.index);
  router.post('/teams', teams.create);
  router.get('/teams/new', loadSidebar, teams.newForm);
  router.get('/teams/:id', loadSidebar, loadTeam, teams.show);
  router.patch('/teams/:id', loadTeam, requireOwner, teams.update);
  router.delete('/teams/:id', loadTeam, requireOwner, teams.destroy);
  router.patch('/teams/:id/members/:userId', loadTeam, requireOwner, members.update);
  router.delete('/teams/:id/members/:userId', loadTeam, members.destroy);
  router.post('/teams/:id/invitations', loadSidebar, loadTeam, requireOwner, invitations.create);
  router.delete('/teams/:id/invitations/:invitationId', loadTeam, requireOwner, invitations.destroy);
  router.post('/invitations/:token', hideAddress, invitations.accept);

  router.get('/settings', loadSidebar, settings.show);
  router.patch('/settings/language', settings.updateLanguage);
  router.get('/settings/profile', loadSidebar, profile.show);
  router.patch('/settings/profile', profile.update);
  router.post('/settings/email', email.create);
  router.get('/settings/email/:token', hideAddress, loadSidebar, email.show);
  router.patch('/settings/email/:token', hideAddress, email.update);
  router.get('/settings/password', loadSidebar, password.show);
  router.patch('/settings/password', password.update);
  router.get('/settings/sessions', loadSidebar, openSessions.index);
  router.delete('/settings/sessions', openSessions.destroyOthers);
  router.delete('/settings/sessions/:id', openSessions.destroy);
  router.get('/settings/account', loadSidebar, account.show);
  router.delete('/settings/account', account.destroy);
  router.get('/settings/tokens', loadSidebar, tokens.index);
  router.post('/settings/tokens', loadSidebar, tokens.create);
  router.delete('/settings/tokens/:id', tokens.destroy);
  router.get('/settings/import', loadSidebar, imports.newForm);

  router.use('/admin', requireAdministrator);
  router.get('/admin/users', loadSidebar, users.index);
  router.get('/admin/users/:id', loadSidebar, users.show);
  router.post('/admin/users/:id/disabled', users.disable);
  router.delete('/admin/users/:id/disabled', users.enable);
  router.post('/admin/users/:id/administrator', users.promote);
  router.delete('/admin/users/:id/administrator', users.demote);
  router.get('/admin/mails', loadSidebar, mails.index);
  router.post('/admin/mails/:id/link', mails.showLink);
  router.get('/admin/audit', loadSidebar, audit.index);

  return router;
}

/**
 * Mounts a router for its own routes only. With a plain `use`, requireViewer would answer for unknown addresses and
 * methods, which are a 404 for signed-out people too.
 */
function mountRoutes(router: Router, guarded: Router): void {
  for (const { route } of guarded.stack) {
    const method = route?.stack[0]?.method as 'get' | undefined;
    if (route && method) router[method](route.path, guarded);
  }
}

/**
 * An address that only takes forms, opened as a page (by Enter in the address bar, or in another language), leads to
 * the page of its form: `…/new`, or else the nearest page above it.
 */
function redirectToPage({ stack }: Router): RequestHandler {
  const routed = stack.flatMap(({ route }) => (route ? [{ route, pattern: patternOf(route.path) }] : []));
  const isPage = (path: string): boolean =>
    routed.some(({ route, pattern }) => route.stack[0]?.method === 'get' && pattern.test(path));
  return (req, res, next) => {
    const known = req.method === 'GET' && routed.some(({ pattern }) => pattern.test(req.path));
    const parts = req.path.split('/');
    const above = parts.map((_, index) => parts.slice(0, parts.length - 1 - index).join('/') || '/');
    const form = `${req.path}/new`;
    const page = known && (routed.some(({ route }) => route.path === form) ? form : above.find(isPage));
    if (page) res.redirect(303, page);
    else next();
  };
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`);
