import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Aborts when the app begins to close: what may take long (uploads, waits, event streams, playback) ends by itself then,
 * so that closing never waits for a client.
 */
export function closingSignal(app: FastifyInstance): AbortSignal {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort(new AppError('shutting_down', 'Bulk Transcribe is stopping.')));
  app.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });
  return closing.signal;
}

/** Aborts when the client hangs up before it has its whole answer, or when the app closes. */
export function requestSignal(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new AppError('cancelled', 'The client hung up.'));
  });
  return AbortSignal.any([gone.signal, closing]);
}
