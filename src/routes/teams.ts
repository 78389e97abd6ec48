import { Router } from 'express';
import * as invitations from '../controllers/teams/join.ts';
import * as teamInvitations from '../controllers/teams/invitations.ts';
import * as members from '../controllers/teams/members.ts';
import * as teams from '../controllers/teams/teams.ts';
import { requireViewer } from '../middleware/authenticate.ts';
import { loadSidebar } from '../middleware/load-sidebar.ts';
import { loadTeam, requireOwner } from '../middleware/load-team.ts';
import { hideAddress } from '../middleware/security-headers.ts';

/** People together: teams, their members, and how one gets in. */
export function teamRoutes(): Router {
  const router = Router();

  router.get('/teams', requireViewer, loadSidebar, teams.index);
  router.post('/teams', requireViewer, teams.create);
  router.get('/teams/new', requireViewer, loadSidebar, teams.newForm);
  router.get('/teams/:id', requireViewer, loadSidebar, loadTeam, teams.show);
  router.patch('/teams/:id', requireViewer, loadTeam, requireOwner, teams.update);
  router.delete('/teams/:id', requireViewer, loadTeam, requireOwner, teams.destroy);

  router.patch('/teams/:id/members/:userId', requireViewer, loadTeam, requireOwner, members.update);
  router.delete('/teams/:id/members/:userId', requireViewer, loadTeam, members.destroy);
  router.post('/teams/:id/invitations', requireViewer, loadSidebar, loadTeam, requireOwner, teamInvitations.create);
  router.delete('/teams/:id/invitations/:invitationId', requireViewer, loadTeam, requireOwner, teamInvitations.destroy);

  router.get('/invitations/:token', hideAddress, invitations.show);
  router.post('/invitations/:token', requireViewer, hideAddress, invitations.accept);

  return router;
}
