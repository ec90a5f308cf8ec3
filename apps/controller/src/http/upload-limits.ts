import type { FastifyRequest } from 'fastify';

/** An upload that sends nothing for so long is cut off. */
const SILENCE_MS = 120_000;

/** Content-Length, where the sender gave one. */
export function announcedSize({ headers }: FastifyRequest): number | undefined {
  const text = headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

/** While the body arrives a silent connection ends; once it is there the client may wait as long as the work takes. */
export function limitSilence({ raw }: FastifyRequest): void {
  raw.socket.setTimeout(SILENCE_MS);
  raw.once('end', () => raw.socket.setTimeout(0));
}
