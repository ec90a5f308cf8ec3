import { once } from 'node:events';
import { createServer } from 'node:net';

/** Rejects as `listen` would where the port cannot be had: asked first, as all else takes seconds and leaves files. */
export async function requireFreePort(options: { host: string; port: number }): Promise<void> {
  const probe = createServer().listen(options);
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}
