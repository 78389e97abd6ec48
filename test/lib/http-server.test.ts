import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { endUnreadAnswers } from '../../src/lib/http-server.ts';

const MS = 150;

describe('An HTTP server that ends unread answers', () => {
  let answer: (response: ServerResponse) => void;
  const server = createServer((_request, response) => {
    answer(response);
  });
  before(async () => {
    endUnreadAnswers(server, MS);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = async (): Promise<http.IncomingMessage> => {
    const { port } = server.address() as AddressInfo;
    const [response] = (await once(http.get({ port, host: '127.0.0.1' }), 'response')) as [http.IncomingMessage];
    return response;
  };

  it('ends one that nobody reads', async () => {
    const closed = new Promise((resolve) => {
      answer = (response) => {
        response.once('close', resolve).write(Buffer.alloc(64 * 1024 * 1024));
      };
    });
    const response = await get();
    response.on('error', () => undefined);
    await closed;
    assert.equal(response.complete, false);
  });

  it('waits for one that takes longer to make', async () => {
    answer = (response) => {
      void pass(3 * MS).then(() => response.end('made'));
    };
    const response = await get();
    assert.equal(Buffer.concat((await response.toArray()) as Buffer[]).toString(), 'made');
  });

  it('leaves one alone that is read slowly', async () => {
    const size = 16 * 1024 * 1024;
    answer = (response) => {
      response.end(Buffer.alloc(size));
    };
    let length = 0;
    for await (const chunk of await get()) {
      length += (chunk as Buffer).length;
      if (length % (1024 * 1024) < 65_536) await pass(MS / 4);
    }
    assert.equal(length, size);
  });
});
