/**
 * The common alternative to reading the event log: the route stores the task and emits it. Session, body parsing and
 * createTask are the same as ours, but without ordering, catch-up or delivery after a crash.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Server } from 'socket.io';
import { presentTask } from '../../src/presenters/task.ts';
import { openDatabase } from '../../src/config/database.ts';
import { readSettings } from '../../src/config/env.ts';
import { createSession } from '../../src/middleware/session.ts';
import { defineModels } from '../../src/models/index.ts';
import { createTask } from '../../src/models/task/commands.ts';
import { findTaskDetails } from '../../src/models/task/queries.ts';

const settings = readSettings(process.env);
const database = await openDatabase(settings, () => undefined);
defineModels(database.sequelize);
const session = createSession(settings);
const app = express();
const http = createServer(app);
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
io.engine.use(session);
io.on('connection', (socket) => {
  void socket.join('list');
  socket.on('catch_up', (_positions: unknown, respond: (response: object) => void) => {
    respond({});
  });
});
app.post('/tasks', session, express.urlencoded({ extended: false }), async (req, res) => {
  const { viewer } = req.session;
  if (!viewer) throw new Error('signed out');
  const { description } = req.body as { description: string };
  const task = await createTask(viewer, { listId: viewer.listId, description });
  const record = await findTaskDetails(viewer, task.id);
  if (record) io.to('list').emit('new_task', presentTask(record));
  res.redirect(303, '/tasks');
});
http.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${String((http.address() as AddressInfo).port)}/`);
});
process.once('SIGTERM', () => process.exit());
