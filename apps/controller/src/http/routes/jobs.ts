import { Id, Job, JobRequest } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { JobStore } from '../../jobs/job-store.ts';
import { noJob, noRecording } from '../../jobs/not-found.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { resolveCompute } from '../resolve-compute.ts';
import { resolveOptions } from '../resolve-options.ts';
import { ref } from '../shared-schemas.ts';

const JobParams = Type.Object({ id: Id });
const createErrors = [
  'invalid_request',
  'not_found',
  'model_not_found',
  'language_not_supported',
  'option_not_supported',
  'worker_unavailable',
  'forbidden_origin',
] as const;

export const jobRoutes =
  ({ jobs, files, workers }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/jobs',
      {
        schema: {
          tags: ['jobs'],
          summary: 'Transcribe recordings',
          description: 'One job of one task per recording, all with the same options. Options left out get their defaults.',
          body: ref(JobRequest),
          response: { 201: ref(Job), ...errorResponses(createErrors) },
        },
      },
      async ({ sessionId, body }, reply) => {
        const status = workers.status();
        const options = resolveOptions({ input: body.options ?? {}, status, path: 'options.' });
        const compute = resolveCompute(body.compute ?? 'auto', options.model, status);
        const recordingIds = [...new Set(body.recordingIds)];
        const name = body.name?.trim() || (await defaultName(jobs, sessionId, recordingIds));
        return reply.code(201).send(await jobs.createJob(sessionId, { name, options, recordingIds, priority: body.priority ?? 0, compute }));
      },
    );

    app.get(
      '/jobs',
      { schema: { tags: ['jobs'], summary: 'All jobs, newest first', response: { 200: Type.Array(ref(Job)), ...errorResponses([]) } } },
      ({ sessionId }) => jobs.jobs(sessionId),
    );

    app.get(
      '/jobs/:id',
      {
        schema: {
          tags: ['jobs'],
          summary: 'One job',
          params: JobParams,
          response: { 200: ref(Job), ...errorResponses(['not_found', 'invalid_request']) },
        },
      },
      async ({ sessionId, params }) => {
        const job = await jobs.job(sessionId, params.id);
        if (!job) throw noJob(params.id);
        return job;
      },
    );

    app.post(
      '/jobs/:id/cancel',
      {
        schema: {
          tags: ['jobs'],
          summary: 'Cancel a job',
          description: 'Cancels every task that is not over; what is over stays as it is.',
          params: JobParams,
          response: { 200: ref(Job), ...errorResponses(['not_found', 'invalid_request', 'forbidden_origin']) },
        },
      },
      ({ sessionId, params }) => jobs.cancelJob(sessionId, params.id),
    );

    app.delete(
      '/jobs/:id',
      {
        schema: {
          tags: ['jobs'],
          summary: 'Delete a job',
          description: 'Cancels what runs; removes its transcripts, and the recordings that no other job uses.',
          params: JobParams,
          response: { 204: Type.Null({ description: 'Deleted.' }), ...errorResponses(['not_found', 'invalid_request', 'forbidden_origin']) },
        },
      },
      async ({ sessionId, params }, reply) => {
        await files.remove(await jobs.deleteJob(sessionId, params.id));
        return reply.code(204).send(null);
      },
    );
  };

/** "first.mp3", or "first.mp3 and 11 more". */
async function defaultName(jobs: JobStore, sessionId: string, recordingIds: readonly string[]): Promise<string> {
  const first = await jobs.recording(sessionId, recordingIds[0] ?? '');
  if (!first) throw noRecording(recordingIds[0] ?? '', 'recordingIds.0');
  const more = recordingIds.length > 1 ? ` and ${recordingIds.length - 1} more` : '';
  return first.name + more;
}
