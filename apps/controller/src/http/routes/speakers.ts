import { contradictoryCounts, Id, JobVoices, SpeakersRequest, Task, Transcript } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { hearLater } from '../../transcripts/hear-later.ts';
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
            'Nothing is transcribed again; names and corrections stay. Nothing said = the number is found out. Where the speakers were heard before it takes seconds and gives the transcript. Where not, a worker hears them first (202): `hearing` of the task says how far that is, until the transcript has them.',
          params: Type.Object({ id: Id }),
          body: ref(SpeakersRequest),
          response: {
            200: ref(Transcript),
            202: ref(Task),
            ...errorResponses(['not_found', 'conflict', 'speakers_not_heard', 'invalid_request', 'forbidden_origin']),
          },
        },
      },
      async ({ sessionId, params, body }, reply) => {
        const counts = { speakers: null, minSpeakers: null, maxSpeakers: null, ...body };
        const problem = contradictoryCounts(counts);
        if (problem) throw problem;
        const wish = { sessionId, taskId: params.id, counts };
        const told = await tellAnew(parts, wish);
        return told ?? reply.code(202).send(await hearLater(parts, wish));
      },
    );

    app.post(
      '/tasks/:id/speakers/cancel',
      {
        schema: {
          tags: ['transcripts'],
          summary: 'Stop hearing who speaks',
          description: 'The transcript stays as it is. Where nothing is under way, nothing changes.',
          params: Type.Object({ id: Id }),
          response: { 200: ref(Task), ...errorResponses(['not_found', 'invalid_request', 'forbidden_origin']) },
        },
      },
      ({ sessionId, params }) => parts.jobs.cancelHearing(sessionId, params.id),
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
