import { createHash } from 'node:crypto';
import { EVIDENCE_SIZE_HEADER, EvidenceQuery, PART_SHA256_HEADER } from '@bulk-transcribe/protocol';
import { Type } from '@sinclair/typebox';
import type { TaskStore } from '../tasks/task-store.ts';
import { errorResponses, TaskParams, type WorkerApp } from './route-schemas.ts';

/** What speakers were told apart by, in parts. */
export function addEvidenceRoute(app: WorkerApp, store: TaskStore): void {
  const schema = {
    params: TaskParams,
    querystring: EvidenceQuery,
    response: { 200: { content: { 'application/octet-stream': { schema: Type.Any() } } }, ...errorResponses },
  };
  app.get('/tasks/:id/evidence', { schema }, async (request, reply) => {
    const { bytes, size } = await store.readEvidence(request.params.id, request.query.offset);
    reply.header(EVIDENCE_SIZE_HEADER, size);
    reply.header(PART_SHA256_HEADER, createHash('sha256').update(bytes).digest('hex'));
    return reply.type('application/octet-stream').send(bytes);
  });
}
