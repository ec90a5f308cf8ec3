import { exportFileName, exportKinds } from '@bulk-transcribe/export';
import { AppError, ExportQuery, Id, type Task, Transcript } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { create as contentDisposition } from 'content-disposition';
import type { JobStore } from '../../jobs/job-store.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

const TaskParams = Type.Object({ id: Id });
const errors = errorResponses(['not_found', 'conflict', 'invalid_request']);

const exportResponse = {
  description: 'The transcript as a file.',
  content: Object.fromEntries(
    Object.values(exportKinds).map(({ contentType }) => [contentType.split(';')[0] ?? '', { schema: Type.Unsafe<unknown>({ type: 'string' }) }]),
  ),
};

export const transcriptRoutes =
  ({ jobs }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/tasks/:id/transcript',
      { schema: { tags: ['transcripts'], summary: 'The transcript of a task', params: TaskParams, response: { 200: ref(Transcript), ...errors } } },
      async ({ sessionId, params }) => (await finishedTask(jobs, sessionId, params.id)).transcript,
    );

    app.get(
      '/tasks/:id/export',
      {
        schema: {
          tags: ['transcripts'],
          summary: 'The transcript as a file: text, document, subtitles, table or all data',
          params: TaskParams,
          querystring: ExportQuery,
          response: { 200: exportResponse, ...errors },
        },
      },
      async ({ sessionId, params, query }, reply) => {
        const { task, transcript } = await finishedTask(jobs, sessionId, params.id);
        const { render, contentType, extension } = exportKinds[query.format];
        reply.header('content-disposition', contentDisposition(exportFileName(task.recording.name, extension)));
        // As bytes, so that no serializer touches it.
        return reply.type(contentType).send(Buffer.from(await render(transcript, task.recording.name)));
      },
    );
  };

async function finishedTask(jobs: JobStore, sessionId: string, id: string): Promise<{ task: Task; transcript: Transcript }> {
  const task = await jobs.task(sessionId, id);
  if (!task) throw new AppError('not_found', 'There is no such task.');
  const transcript = await jobs.transcript(sessionId, id);
  if (!transcript) throw new AppError('conflict', `This task has no transcript: it is ${task.state}.`);
  return { task, transcript };
}
