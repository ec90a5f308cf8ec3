import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Lifecycle } from '../life/lifecycle.ts';

/** A hook: bytes that come in count as work from their first one on until the answer. Throws shutting_down when it is too late for them. */
export const countAsUpload = (lifecycle: Lifecycle) => async (_request: FastifyRequest, reply: FastifyReply) => {
  lifecycle.assertOpen();
  const upload = lifecycle.begin('upload');
  reply.raw.once('close', () => upload[Symbol.dispose]());
};
