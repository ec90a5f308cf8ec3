import { Id, KnownFile, Recording } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { noRecording } from '../../jobs/not-found.ts';
import { addKnown } from '../../recordings/add-known.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

const RecordingParams = Type.Object({ id: Id });

/** What the session has stored already. */
export const storedRecordingRoutes =
  ({ jobs, files }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/recordings',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Recordings that no job uses yet, oldest first',
          response: { 200: Type.Array(ref(Recording)), ...errorResponses([]) },
        },
      },
      (request) => jobs.unusedRecordings(request.sessionId),
    );

    app.get(
      '/recordings/:id',
      {
        schema: {
          tags: ['recordings'],
          summary: 'One recording',
          params: RecordingParams,
          response: { 200: ref(Recording), ...errorResponses(['not_found', 'invalid_request']) },
        },
      },
      async (request) => {
        const recording = await jobs.recording(request.sessionId, request.params.id);
        if (!recording) throw noRecording(request.params.id);
        return recording;
      },
    );

    app.post(
      '/recordings/known',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Add a file again that the session holds already, without sending it',
          description: 'A new recording with the bytes of an earlier one. 404: send the file.',
          body: ref(KnownFile),
          response: { 201: ref(Recording), ...errorResponses(['not_found', 'invalid_request', 'forbidden_origin']) },
        },
      },
      async (request, reply) => {
        const recording = await addKnown({ sessionId: request.sessionId, file: request.body, jobs, files });
        return reply.code(201).send(recording);
      },
    );
  };
