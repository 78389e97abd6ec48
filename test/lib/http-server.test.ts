import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pass } from 'node:timers/promises';
import { endSlowRequests, endUnreadAnswers } from '../../src/lib/http-server.ts';

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

describe('An HTTP server that ends slow requests', () => {
  let read: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => {
    read(request, response);
  });
  const sockets: Socket[] = [];
  before(async () => {
    endSlowRequests(server, { afterMs: MS, bytesPerSecond: 10_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  /** A request of which only the beginning is sent. */
  const begin = async (length: number, beginning: string): Promise<{ socket: Socket; answer: Promise<string> }> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(length)}\r\n\r\n${beginning}`);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    return { socket, answer: once(socket, 'close').then(() => text) };
  };
  const echoLength = (request: IncomingMessage, response: ServerResponse): void => {
    let length = 0;
    request.on('data', (chunk: Buffer) => (length += chunk.length)).on('error', () => undefined);
    request.on('end', () => response.setHeader('Connection', 'close').end(String(length)));
  };

  it('answers 408 to one that stops coming', async () => {
    read = echoLength;
    const { answer } = await begin(1_000_000, 'the beginning');
    assert.match(await answer, /^HTTP\/1\.1 408 /);
  });

  it('answers one that comes slowly, but at the least rate', async () => {
    read = echoLength;
    const { socket, answer } = await begin(20_000, '');
    for (let sent = 0; sent < 20_000; sent += 2000) {
      socket.write('x'.repeat(2000));
      await pass(MS / 3);
    }
    assert.match(await answer, /\r\n20000/);
  });

  it('leaves one alone that the server does not read yet', async () => {
    const length = 4_000_000;
    read = (request, response) => {
      void pass(4 * MS).then(() => {
        echoLength(request, response);
      });
    };
    const { answer } = await begin(length, 'x'.repeat(length));
    assert.match(await answer, new RegExp(`${String(length)}$|${length.toString(16)}`));
  });

  it('leaves one alone that has come, and is being answered', async () => {
    read = (_request, response) => {
      void pass(4 * MS).then(() => response.setHeader('Connection', 'close').end('made'));
    };
    const { answer } = await begin(3, 'abc');
    assert.match(await answer, /made/);
  });
});
