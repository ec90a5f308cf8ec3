/** Resumable uploads by the tus protocol; a finished one is a recording with the upload's id. */
import { AppError, Id, toErrorBody } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestSignal } from '../closing.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { TUS_VERSION, type TusAnswer, tusServer } from '../tus-server.ts';
import { limitSilence } from '../upload-limits.ts';

const BODY_TYPE = 'application/offset+octet-stream';
const UploadParams = Type.Object({ id: Id });

const protocol = 'Protocol: tus 1.0.0 (https://tus.io), with its extensions creation, termination and expiration.';
const header = (type: 'string' | 'integer', description: string) => ({ type, description });
const answered = (description: string, headers: Record<string, ReturnType<typeof header>>) => Type.Null({ description, headers });
const offset = { 'Upload-Offset': header('integer', 'Bytes that have arrived.') };
const created = {
  Location: header('string', 'Where the bytes go.'),
  'Upload-Expires': header('string', 'When the half upload is given up, unless bytes come.'),
};
const creationErrors = ['invalid_request', 'media_empty', 'payload_too_large', 'quota_exceeded', 'disk_full', 'forbidden_origin'] as const;
const bytesErrors = ['not_found', 'input_offset', 'input_corrupt', 'payload_too_large', 'disk_full', 'forbidden_origin', 'shutting_down'] as const;

const schemas = {
  offer: {
    tags: ['recordings'],
    summary: 'What the upload protocol offers here',
    response: { 204: answered('Offered.', { 'Tus-Extension': header('string', 'Extensions.') }), ...errorResponses([]) },
  },
  begin: {
    tags: ['recordings'],
    summary: 'Begin a resumable upload',
    description: `${protocol} Upload-Metadata holds \`filename\` and, if known, \`sha256\` (64 hex digits), which is then checked. The recording gets the id at the end of Location.`,
    response: { 201: answered('Begun.', created), ...errorResponses(creationErrors) },
  },
  ask: {
    tags: ['recordings'],
    summary: 'How many bytes of an upload have arrived',
    params: UploadParams,
    response: { 200: answered('Known.', offset), ...errorResponses(['not_found', 'invalid_request']) },
  },
  send: {
    tags: ['recordings'],
    summary: 'Send bytes of an upload',
    description: `The body is what follows the bytes that have arrived, as \`${BODY_TYPE}\`. After the last byte the recording is there.`,
    params: UploadParams,
    response: { 204: answered('Arrived.', offset), ...errorResponses([...bytesErrors, 'invalid_request', 'unsupported_media_type']) },
  },
  giveUp: {
    tags: ['recordings'],
    summary: 'Give up a half upload',
    params: UploadParams,
    response: { 204: Type.Null({ description: 'Deleted.' }), ...errorResponses(['not_found', 'invalid_request', 'forbidden_origin']) },
  },
};

export const uploadRoutes =
  ({ config, uploads, closing }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const tus = tusServer({ uploads, path: `${app.prefix}/uploads`, maxBytes: config.MAX_UPLOAD_BYTES });
    const answer = (reply: FastifyReply, { status, headers }: TusAnswer) => reply.code(status).headers(headers).send();

    // The body stays a stream that nobody has touched.
    app.addContentTypeParser(BODY_TYPE, (_request, payload, done) => done(null, payload));
    app.addHook('onRequest', requireVersion);

    app.options('/uploads', { schema: schemas.offer }, async (request, reply) => answer(reply, await tus(request)));

    app.post('/uploads', { schema: schemas.begin }, async (request, reply) => answer(reply, await tus(request)));

    app.head('/uploads/:id', { schema: schemas.ask, config: { swagger: { exposeHeadRoute: true } } }, async (request, reply) => {
      const size = await uploads.sizeIfFinished(request.sessionId, request.params.id);
      if (size === null) return answer(reply, await tus(request));
      return answer(reply, { status: 200, headers: { 'upload-offset': String(size), 'upload-length': String(size) } });
    });

    app.patch('/uploads/:id', { schema: schemas.send }, async (request, reply) => {
      await requireHalf(request, request.params.id);
      // A client that is cut off asks how far it came and goes on; closing never waits for it.
      const signal = requestSignal(reply, closing);
      signal.addEventListener('abort', () => request.raw.destroy(), { once: true });
      limitSilence(request);
      return answer(reply, await tus(request));
    });

    app.delete('/uploads/:id', { schema: schemas.giveUp }, async (request, reply) => {
      await requireHalf(request, request.params.id);
      return answer(reply, await tus(request));
    });

    async function requireHalf({ sessionId }: FastifyRequest, id: string): Promise<void> {
      if ((await uploads.sizeIfFinished(sessionId, id)) !== null) throw new AppError('not_found', `The upload ${id} is a recording already.`);
    }
  };

/** Another version is answered as the protocol says: 412, with the version that is spoken here. */
async function requireVersion(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  reply.header('tus-resumable', TUS_VERSION);
  if (request.method === 'OPTIONS' || request.headers['tus-resumable'] === TUS_VERSION) return undefined;
  const error = new AppError('invalid_request', `The header Tus-Resumable: ${TUS_VERSION} is missing.`, { field: 'Tus-Resumable' });
  return reply.code(412).header('tus-version', TUS_VERSION).send(toErrorBody(error, request.id));
}
