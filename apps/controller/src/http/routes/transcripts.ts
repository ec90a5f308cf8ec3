import { exportFileName, exportKinds } from '@bulk-transcribe/export';
import { ChangedTranscript, ExportQuery, Id, type Task, Transcript, TranscriptChange } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { create as contentDisposition } from 'content-disposition';
import { keyOf } from '../../transcripts/apply-edits.ts';
import { correctedTranscript } from '../../transcripts/apply-overlay.ts';
import { changeOverlay } from '../../transcripts/change-overlay.ts';
import { ownTask, storedTranscript } from '../../transcripts/stored-transcript.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

type Jobs = Parts['jobs'];

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
      {
        schema: {
          tags: ['transcripts'],
          summary: 'The transcript of a task',
          description: 'With all corrections; `original=1` gives it as the engine made it.',
          params: TaskParams,
          querystring: Type.Object({ original: Type.Optional(Type.Union([Type.Literal('1'), Type.Literal('true')])) }),
          response: { 200: ref(Transcript), ...errors },
        },
      },
      async ({ sessionId, params, query }) => {
        const stored = await storedTranscript(jobs, sessionId, params.id);
        return query.original ? stored.original : correctedTranscript(stored);
      },
    );

    app.patch(
      '/tasks/:id/transcript',
      {
        schema: {
          tags: ['transcripts'],
          summary: 'Correct a transcript',
          description:
            'Names of speakers, text and speaker of segments, all of it or nothing. What the engine made stays (`original=1`), and corrections stay when speakers are told apart anew.',
          params: TaskParams,
          body: ref(TranscriptChange),
          response: { 200: ref(ChangedTranscript), ...errorResponses(['not_found', 'conflict', 'invalid_request', 'forbidden_origin']) },
        },
      },
      async ({ sessionId, params, body }) => {
        const stored = await storedTranscript(jobs, sessionId, params.id);
        const overlay = changeOverlay(stored, body);
        await jobs.keepOverlay(sessionId, params.id, { after: stored.revision, overlay });
        return changesOf(correctedTranscript({ ...stored, overlay, revision: stored.revision + 1 }), body);
      },
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

async function finishedTask(jobs: Jobs, sessionId: string, id: string): Promise<{ task: Task; transcript: Transcript }> {
  const task = await ownTask(jobs, sessionId, id);
  return { task, transcript: correctedTranscript(await storedTranscript(jobs, sessionId, id)) };
}

/** What was asked about, as it reads now. */
function changesOf({ revision = 0, speakers = [], segments }: Transcript, { segments: changed = [] }: TranscriptChange): ChangedTranscript {
  const keys = new Set(changed.map(keyOf));
  return { revision, speakers, segments: segments.filter((segment) => keys.has(keyOf(segment))) };
}
