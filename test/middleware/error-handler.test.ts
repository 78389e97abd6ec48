import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import express from 'express';
import { errorHandler } from '../../src/middleware/error-handler.ts';

describe('an error after a part of the response was sent', () => {
  it('cuts the response short, and prints no stack beside the log', async (t) => {
    const printed = t.mock.method(console, 'error', () => undefined);
    const app = express();
    app.get('/', (_req, res) => {
      res.writeHead(200, { 'Content-Length': 100 }).write('the first half');
      throw new Error('no second half');
    });
    app.use(errorHandler);
    const server = createServer(app).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    await assert.rejects(
      fetch(url).then((response) => response.text()),
      'nobody takes it for the whole',
    );
    assert.equal(printed.mock.callCount(), 0);
  });
});
