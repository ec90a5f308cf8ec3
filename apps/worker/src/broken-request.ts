/** Answers to requests that never reach a route, in the shape of every other error. */
import type { Socket } from 'node:net';
import { AppError, toErrorBody, WORKER_HEADER, WORKER_PROTOCOL } from '@bulk-transcribe/protocol';
import type { FastifyReply } from 'fastify';

/** Answers an address that cannot be decoded. */
export function answerBrokenUrl(cause: Error, request: { id: string }, reply: FastifyReply): void {
  const error = new AppError('invalid_request', cause.message, { cause });
  reply.code(error.status).send(toErrorBody(error, request.id));
}

/** Answers what is not HTTP at all. */
export function answerBrokenRequest(cause: Error, socket: Socket): void {
  if (!socket.writable || (cause as NodeJS.ErrnoException).code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const error = new AppError('invalid_request', 'This is not a valid HTTP request.', { cause });
  const body = JSON.stringify(toErrorBody(error));
  const head = [
    `HTTP/1.1 ${error.status} Bad Request`,
    `${WORKER_HEADER}: ${WORKER_PROTOCOL}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
