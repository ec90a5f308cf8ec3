/** A real S3 server (the package s3rver) on a local port, with signatures checked, that a test can take away and bring back. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface S3rver {
  readonly httpServer: Server;
  readonly run: () => Promise<AddressInfo>;
}
type S3rverOptions = Readonly<Record<'directory' | 'address', string> & { port: number; silent: boolean; configureBuckets: { name: string }[] }>;
/** It comes without types. */
const S3rver = createRequire(import.meta.url)('@20minutes/s3rver') as new (options: S3rverOptions) => S3rver;

/** The one account that the server knows. */
export const s3Keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } as const;

export class S3Server {
  readonly #folder: string;
  #server: Server;
  readonly #port: number;

  private constructor(folder: string, server: Server) {
    this.#folder = folder;
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  static async start(buckets: readonly string[]): Promise<S3Server> {
    const folder = await mkdtemp(path.join(tmpdir(), 's3-'));
    return new S3Server(folder, await listen(folder, 0, buckets));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** An outage: connections are cut, new ones refused. What is stored stays. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async restart(): Promise<void> {
    this.#server = await listen(this.#folder, this.#port);
  }

  async remove(): Promise<void> {
    if (this.#server.listening) await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function listen(directory: string, port: number, buckets: readonly string[] = []): Promise<Server> {
  const app = new S3rver({ directory, port, address: '127.0.0.1', silent: true, configureBuckets: buckets.map((name) => ({ name })) });
  await app.run();
  return app.httpServer;
}
