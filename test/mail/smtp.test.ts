import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { mailer } from '../../src/mail/smtp.ts';

test('a mail server that answers bit by bit, and so meets no other limit, is left and tried again', async () => {
  const server = createServer();
  const connected = once(server, 'connection') as Promise<[Socket]>;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const sending = mailer(
    `smtp://127.0.0.1:${String(port)}`,
    300,
  )({ from: 'tasks@example.com', to: 'ana@example.com', subject: 'x', text: 'x', messageId: '<x@example.com>' });
  const [socket] = await connected;
  const left = once(socket, 'close');
  const bits = setInterval(() => {
    socket.write('220-wait\r\n');
  }, 20);
  socket.on('error', () => undefined).resume();
  const delivery = await sending;
  await left;
  clearInterval(bits);
  server.close();
  assert.deepEqual([delivery.outcome, 'reason' in delivery && /abort/i.test(delivery.reason)], ['unavailable', true]);
});
