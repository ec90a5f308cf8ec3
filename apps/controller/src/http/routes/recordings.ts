import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { AppError, Id, Recording, UploadQuery } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import type { Incoming } from '../../recordings/recording-files.ts';
import { shareWithTwin } from '../../recordings/share-with-twin.ts';
import { tooLarge } from '../../recordings/store-file.ts';
import { requestSignal } from '../closing.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';
import { announcedSize, limitSilence } from '../upload-limits.ts';

const RecordingParams = Type.Object({ id: Id });
const uploadErrors = ['media_empty', 'disk_full', 'quota_exceeded', 'forbidden_origin', 'shutting_down'] as const;

export const recordingRoutes =
  ({ config, jobs, files, uploads, closing }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    // The body stays a stream: it may be larger than memory.
    app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));

    const keep = async (request: FastifyRequest, name: string, incoming: Incoming): Promise<Recording> => {
      await uploads.requireRoom(request.sessionId, incoming.expectedSize ?? 0);
      const file = await files.store(incoming);
      try {
        // Now that the size is known: not every sender announces it.
        await uploads.requireRoom(request.sessionId, file.size);
        await shareWithTwin({ sessionId: request.sessionId, file, jobs, files });
        return await jobs.addRecording(request.sessionId, { ...file, name });
      } catch (cause) {
        await files.remove([file.id]);
        throw cause;
      }
    };

    app.post(
      '/recordings',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Upload a recording',
          description: 'The body is the file as it is, any audio or video. Read `maxUploadBytes` of GET /api/system first.',
          querystring: UploadQuery,
          body: { content: { 'application/octet-stream': { schema: Type.Unsafe<Readable>({ contentMediaType: 'application/octet-stream' }) } } },
          response: { 201: ref(Recording), ...errorResponses([...uploadErrors, 'invalid_request', 'payload_too_large', 'unsupported_media_type']) },
        },
      },
      async (request, reply) => {
        const expectedSize = announcedSize(request);
        if (expectedSize !== undefined && expectedSize > config.MAX_UPLOAD_BYTES) throw tooLarge(config.MAX_UPLOAD_BYTES);
        const signal = requestSignal(reply, closing);
        limitSilence(request);
        const recording = await keep(request, request.query.name, { bytes: uploadedBytes(request), expectedSize, signal });
        return reply.code(201).send(recording);
      },
    );

    app.post(
      '/recordings/sample',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Add the sample recording that ships with the product',
          description: sampleRecording.origin,
          response: { 201: ref(Recording), ...errorResponses(uploadErrors) },
        },
      },
      async (request, reply) => {
        const bytes = createReadStream(sampleRecording.path);
        const incoming = { bytes, expectedSize: undefined, signal: requestSignal(reply, closing) };
        return reply.code(201).send(await keep(request, sampleRecording.name, incoming));
      },
    );

    app.delete(
      '/recordings/:id',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Delete a recording that no job uses',
          params: RecordingParams,
          response: {
            204: Type.Null({ description: 'Deleted.' }),
            ...errorResponses(['not_found', 'conflict', 'forbidden_origin', 'invalid_request']),
          },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        await jobs.deleteRecording(request.sessionId, id);
        await files.remove([id]);
        return reply.code(204).send(null);
      },
    );
  };

function uploadedBytes({ body }: { body: unknown }): Readable {
  if (body === undefined || body === null) throw new AppError('media_empty', 'The request has no body.');
  return body as Readable;
}
