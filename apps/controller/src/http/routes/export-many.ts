import { safeName } from '@bulk-transcribe/export';
import { ExportQuery, Id } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { create as contentDisposition } from 'content-disposition';
import type { FastifyReply } from 'fastify';
import { noJob } from '../../jobs/not-found.ts';
import { type ZipRequest, zipTranscripts } from '../../transcripts/zip-transcripts.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';

const zipResponse = {
  description: 'The transcripts as a ZIP file, one file for each recording that has one.',
  content: { 'application/zip': { schema: Type.Unsafe<unknown>({ type: 'string', contentMediaType: 'application/zip' }) } },
};
const response = { 200: zipResponse, ...errorResponses(['not_found', 'conflict', 'invalid_request']) };

export const exportManyRoutes =
  ({ jobs }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/jobs/:id/export',
      {
        schema: {
          ...{ tags: ['transcripts'], summary: 'All transcripts of a job as a ZIP file', description: 'With all corrections.' },
          ...{ params: Type.Object({ id: Id }), querystring: ExportQuery, response },
        },
      },
      async ({ sessionId, params, query }, reply) => {
        const job = await jobs.job(sessionId, params.id);
        if (!job) throw noJob(params.id);
        return sendZip(reply, job.name, { ...query, jobs: [job], transcriptOf: (id) => jobs.transcript(sessionId, id) });
      },
    );

    app.get(
      '/export',
      {
        schema: {
          ...{
            tags: ['transcripts'],
            summary: 'All transcripts of the session as a ZIP file',
            description: 'With all corrections, a folder for each job.',
          },
          ...{ querystring: ExportQuery, response },
        },
      },
      async ({ sessionId, query }, reply) =>
        sendZip(reply, 'transcripts', { ...query, jobs: await jobs.jobs(sessionId), transcriptOf: (id) => jobs.transcript(sessionId, id) }),
    );
  };

function sendZip(reply: FastifyReply, name: string, request: ZipRequest): FastifyReply {
  const zip = zipTranscripts(request);
  return reply
    .header('content-disposition', contentDisposition(`${safeName(name)}.zip`))
    .type('application/zip')
    .send(zip);
}
