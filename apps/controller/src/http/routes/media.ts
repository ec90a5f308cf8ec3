import { Id } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { create as contentDisposition } from 'content-disposition';
import { noRecording } from '../../jobs/not-found.ts';
import { mediaType, SIGNATURE_BYTES } from '../../recordings/media-type.ts';
import { readHead } from '../../recordings/read-head.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';

const binary = (description: string) => ({
  description,
  content: { 'application/octet-stream': { schema: Type.Unsafe<unknown>({ contentMediaType: 'application/octet-stream' }) } },
});

export const mediaRoutes =
  ({ jobs, files, closing }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/recordings/:id/media',
      {
        schema: {
          tags: ['recordings'],
          summary: 'The recording as it was uploaded',
          description:
            'Answers `Range` with one part, so that a player can jump. The content type is told from the bytes; always audio, video or octet-stream.',
          params: Type.Object({ id: Id }),
          response: {
            200: binary('The whole file.'),
            206: binary('The part asked for.'),
            ...errorResponses(['not_found', 'invalid_request', 'range_not_satisfiable']),
          },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const recording = await jobs.recording(request.sessionId, id);
        if (!recording) throw noRecording(id);
        const type = mediaType(await readHead(files.path(id), SIGNATURE_BYTES));
        reply.headers({
          'content-type': type,
          'content-disposition': contentDisposition(recording.name, { type: 'inline' }),
          'cache-control': 'private, no-cache',
        });
        closing.addEventListener('abort', () => reply.raw.destroy(), { signal: untilSent(reply.raw) });
        return reply.sendFile(id, files.folder, { contentType: false, cacheControl: false });
      },
    );
  };

/** Aborts once the answer is over, to let go of listeners. */
function untilSent(response: NodeJS.EventEmitter): AbortSignal {
  const sent = new AbortController();
  response.once('close', () => sent.abort());
  return sent.signal;
}
