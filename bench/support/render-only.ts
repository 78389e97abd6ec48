/** A route that only renders the list page, with the locals the real route passed to the view for COOKIE. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createApp } from '../../src/app.ts';
import { openDatabase } from '../../src/config/database.ts';
import { readSettings } from '../../src/config/env.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { defineModels } from '../../src/models/index.ts';

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    });
  });

const settings = readSettings(process.env);
const database = await openDatabase(settings, () => undefined);
defineModels(database.sequelize);
const app = createApp({ settings, sequelize: database.sequelize, log: createLogger('silent') });

const rendered = new Promise<[view: string, locals: object]>((resolve) => {
  const { response } = app;
  const original = Object.getPrototypeOf(response) as express.Response;
  // An own property of this app's response prototype, shadowing Express's render().
  Object.assign(response, {
    render(this: express.Response, view: string, locals: object) {
      resolve([view, { ...(this.locals as object), ...locals }]);
      (original.render as (view: string, locals: object) => void).call(this, view, locals);
    },
  });
});
const real = createServer(app);
const url = await listen(real);
await (await fetch(`${url}/`, { headers: { cookie: process.env.COOKIE ?? '' } })).text();
const [view, locals] = await rendered;
real.close();
await database.close();

const renderOnly = express();
renderOnly.get('/', (_req, res) => {
  app.render(view, locals, (error: Error | null, html: string) => {
    if (error) throw error;
    res.send(html);
  });
});
console.log(`${await listen(createServer(renderOnly))}/`);
process.once('SIGTERM', () => process.exit());
