import { Router } from 'express';
import * as activity from '../controllers/activity.ts';
import * as categories from '../controllers/categories.ts';
import * as listEvents from '../controllers/lists.ts';
import * as inboxReading from '../controllers/inbox/read-state.ts';
import * as inbox from '../controllers/inbox.ts';
import * as tasks from '../controllers/tasks/tasks.ts';
import * as completion from '../controllers/tasks/completion.ts';
import * as follow from '../controllers/tasks/follow.ts';
import * as reading from '../controllers/tasks/read-state.ts';
import * as taskList from '../controllers/tasks/move.ts';
import * as myTasks from '../controllers/tasks/assigned.ts';
import * as trash from '../controllers/trash.ts';
import { requireViewer } from '../middleware/authenticate.ts';
import { loadCategory } from '../middleware/load-category.ts';
import { loadRecord, loadTask, loadTrashedTask } from '../middleware/load-task.ts';
import { loadSidebar } from '../middleware/load-sidebar.ts';
import { accounts } from './accounts.ts';
import { adminRoutes } from './admin.ts';
import { teamRoutes } from './teams.ts';

/** The site's table of contents. */
export function routes(): Router {
  const router = Router();

  router.use(accounts());
  router.use(teamRoutes());
  router.use(adminRoutes());

  router.get('/', requireViewer, loadSidebar, tasks.index);
  router.get('/tasks', requireViewer, loadSidebar, tasks.index);
  router.post('/tasks', requireViewer, tasks.create);
  router.get('/tasks/new', requireViewer, loadSidebar, tasks.newForm);
  router.get('/tasks/mine', requireViewer, loadSidebar, myTasks.index);
  router.get('/tasks/:id', requireViewer, loadSidebar, loadRecord, tasks.show);
  router.get('/tasks/:id/edit', requireViewer, loadSidebar, loadRecord, tasks.edit);
  router.patch('/tasks/:id', requireViewer, loadTask, tasks.update);
  router.delete('/tasks/:id', requireViewer, loadTask, tasks.destroy);
  router.put('/tasks/:id/list', requireViewer, loadTask, taskList.update);
  router.post('/tasks/:id/completion', requireViewer, loadTask, completion.create);
  router.delete('/tasks/:id/completion', requireViewer, loadTask, completion.destroy);
  router.post('/tasks/:id/follow', requireViewer, loadTask, follow.create);
  router.delete('/tasks/:id/follow', requireViewer, loadTask, follow.destroy);
  router.post('/tasks/:id/reading', requireViewer, reading.create);

  router.get('/inbox', requireViewer, loadSidebar, inbox.index);
  router.post('/inbox/reading', requireViewer, inboxReading.create);

  router.get('/activity', requireViewer, loadSidebar, activity.index);

  router.get('/trash', requireViewer, loadSidebar, trash.index);
  router.post('/trash/:id/restore', requireViewer, loadTrashedTask, trash.restore);
  router.delete('/trash/:id', requireViewer, loadTrashedTask, trash.destroy);

  router.get('/categories', requireViewer, loadSidebar, categories.index);
  router.post('/categories', requireViewer, categories.create);
  router.get('/categories/new', requireViewer, loadSidebar, categories.newForm);
  router.get('/categories/:id', requireViewer, loadCategory, categories.show);
  router.get('/categories/:id/edit', requireViewer, loadSidebar, loadCategory, categories.edit);
  router.patch('/categories/:id', requireViewer, loadCategory, categories.update);
  router.delete('/categories/:id', requireViewer, loadCategory, categories.destroy);

  router.get('/lists/:id/events', requireViewer, listEvents.index);

  return router;
}
