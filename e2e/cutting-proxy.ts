/** A TCP proxy that cuts its connections when it has seen so many bytes from the client: a bad line, to the byte. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly origin: string;
  /** Bytes that clients have sent so far, all connections together, headers included. */
  readonly sent: () => number;
  readonly cuts: () => number;
  /** Cuts every connection. */
  readonly cut: () => void;
  /** Refuses connections until it is called with false again. */
  readonly block: (blocked: boolean) => void;
  readonly close: () => Promise<void>;
}

export interface CuttingProxyOptions {
  readonly port: number;
  /** Sums of sent bytes at which everything is cut, rising. */
  readonly cutAt: readonly number[];
}

export async function startCuttingProxy({ port, cutAt }: CuttingProxyOptions): Promise<CuttingProxy> {
  const waiting = [...cutAt];
  const open = new Set<Socket>();
  let sent = 0;
  let cuts = 0;
  let blocked = false;
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const count = (bytes: number) => {
    sent += bytes;
    if (waiting[0] === undefined || sent < waiting[0]) return;
    waiting.shift();
    cuts++;
    cut();
  };
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  };
  const server = createServer((client) => {
    if (blocked) return void client.destroy();
    const target = connect(port, '127.0.0.1');
    keep(client);
    keep(target);
    client.on('data', (bytes) => count(bytes.length));
    client.pipe(target).pipe(client);
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    sent: () => sent,
    cuts: () => cuts,
    cut,
    block: (value) => {
      blocked = value;
      if (value) cut();
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
