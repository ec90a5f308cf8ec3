import { contradictoryCounts, Id, SpeakersRequest, Transcript } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { tellAnew } from '../../transcripts/tell-anew.ts';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

export const speakerRoutes =
  (parts: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/tasks/:id/speakers',
      {
        schema: {
          tags: ['transcripts'],
          summary: 'Tell the speakers apart anew, with another number of them',
          description:
            'Takes seconds: nothing is transcribed again. Names and corrections stay. Nothing said = the number is found out. Gives the transcript.',
          params: Type.Object({ id: Id }),
          body: ref(SpeakersRequest),
          response: {
            200: ref(Transcript),
            ...errorResponses(['not_found', 'conflict', 'speakers_not_heard', 'invalid_request', 'forbidden_origin']),
          },
        },
      },
      async ({ sessionId, params, body }) => {
        const counts = { speakers: null, minSpeakers: null, maxSpeakers: null, ...body };
        const problem = contradictoryCounts(counts);
        if (problem) throw problem;
        return await tellAnew(parts, { sessionId, taskId: params.id, counts });
      },
    );
  };
