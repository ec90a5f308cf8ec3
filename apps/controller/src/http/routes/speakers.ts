import { contradictoryCounts, Id, JobVoices, SpeakersRequest, Transcript } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { proposePersons } from '../../transcripts/propose-persons.ts';
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

    app.get(
      '/jobs/:id/voices',
      {
        schema: {
          tags: ['transcripts'],
          summary: 'Who may be the same person in several recordings of a job',
          description:
            'By the voice, as the speakers are told apart and corrected now. Proposals only: nothing is named by it. Recordings whose speakers were not told apart are left out.',
          params: Type.Object({ id: Id }),
          response: { 200: ref(JobVoices), ...errorResponses(['not_found', 'invalid_request']) },
        },
      },
      ({ sessionId, params }) => proposePersons(parts, { sessionId, jobId: params.id }),
    );
  };
