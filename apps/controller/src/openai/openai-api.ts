/**
 * OpenAI-compatible: clients made for the OpenAI API work unchanged with this base URL. What they ask for is done by the
 * same queue and workers as everything else; the recording and its job are gone once the answer is.
 */
import { AppError } from '@bulk-transcribe/protocol';
import { useErrorEdge } from '@bulk-transcribe/service';
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import type { Parts } from '../http/parts.ts';
import { authorize } from './authorize.ts';
import { modelRoutes } from './model-routes.ts';
import { writeOpenAiError } from './openai-error.ts';
import { transcriptionRoutes } from './transcription-routes.ts';

/** Largest form field other than the file, bytes: a sample of a voice, ten seconds of any format, as a data URL. */
const MAX_FIELD_BYTES = 4 * 1024 * 1024;

export const openAiApi = (parts: Parts) => async (app: FastifyInstance) => {
  useErrorEdge(app, writeOpenAiError);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    await authorize(request, reply, parts);
  });
  // The size of the file is limited where it is written.
  await app.register(multipart, { limits: { fileSize: Number.POSITIVE_INFINITY, fieldSize: MAX_FIELD_BYTES, fields: 200, files: 10 } });
  await app.register(modelRoutes(parts));
  await app.register(transcriptionRoutes(parts));
  // Here, so that it is answered in OpenAI's shape and not as a page.
  app.all('/*', { schema: { hide: true } }, async ({ method, url }) => {
    throw new AppError('not_found', `There is no ${method} ${url.split('?')[0]}.`);
  });
};
