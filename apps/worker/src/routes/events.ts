import { WorkerTaskEvent } from '@bulk-transcribe/protocol';
import { Type } from '@sinclair/typebox';
import type { EventLog } from '../tasks/event-log.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { errorResponses, TaskParams, type WorkerApp } from './route-schemas.ts';

const EventHeaders = Type.Object({ 'last-event-id': Type.Optional(Type.Integer({ minimum: 0 })) });
const response = { 200: { content: { 'text/event-stream': { schema: WorkerTaskEvent } } }, ...errorResponses } as const;

/** Server-sent events of the newest attempt, from Last-Event-ID on; the stream ends after the final status. */
export function addEventsRoute(app: WorkerApp, store: TaskStore): void {
  app.get('/tasks/:id/events', { sse: 'manual', schema: { params: TaskParams, headers: EventHeaders, response } }, async (request, reply) => {
    const { events } = store.find(request.params.id);
    const gone = new AbortController();
    reply.sse.onClose(() => gone.abort());
    reply.sse.sendHeaders();
    await reply.sse.send(toMessages(events, request.headers['last-event-id'] ?? 0, gone.signal));
  });
}

async function* toMessages(events: EventLog, after: number, signal: AbortSignal) {
  for await (const { id, event } of events.stream(after, signal)) yield { id: String(id), data: event };
}
