import { SessionEvent } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { requestSignal } from '../closing.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

/** How long a browser waits before it comes back. */
const RETRY_MS = 2_000;

export const eventRoutes =
  ({ jobs, closing, listenerSilenceMs }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/events',
      {
        sse: 'only',
        exposeHeadRoute: false,
        logLevel: 'warn',
        schema: {
          tags: ['jobs'],
          summary: 'What happens in the session, as server-sent events',
          description:
            'Each `data` is a SessionEvent in JSON, each `id` a counter. With `Last-Event-ID` what was missed comes first; without it the stream begins now.',
          headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) }),
          response: {
            200: { description: 'The stream.', content: { 'text/event-stream': { schema: ref(SessionEvent) } } },
            ...errorResponses(['invalid_request', 'shutting_down']),
          },
        },
      },
      async ({ sessionId, headers }, reply) => {
        const signal = requestSignal(reply, closing);
        const lastId = Number(headers['last-event-id'] ?? (await jobs.lastEventId(sessionId)));
        reply.raw.setTimeout(listenerSilenceMs);
        // The first message has an id and no data: a listener that is cut off before any event still misses none.
        await reply.sse.send({ id: String(lastId), retry: RETRY_MS, data: undefined });
        try {
          for await (const { id, event } of jobs.events(sessionId, lastId, signal)) {
            await unlessAborted(reply.sse.send({ id: String(id), data: event }), signal);
          }
        } catch (cause) {
          // The end of the stream is not an error.
          if (!signal.aborted) throw cause;
        }
      },
    );
  };

/** Waits for `work`, but no longer than until the signal: a message to a listener that is gone is never taken. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
