import { SearchPage, SearchQuery } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { errorResponses } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

const LIMIT = 20;

export const searchRoutes =
  ({ jobs }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/search',
      {
        schema: {
          tags: ['transcripts'],
          summary: 'Search in all transcripts of the session',
          description:
            'Transcripts, with all corrections, in which all words are said. Case and accents do not count; a word of three letters or more is also found as the beginning of a longer one, but not in quotes.',
          querystring: SearchQuery,
          response: { 200: ref(SearchPage), ...errorResponses(['invalid_request']) },
        },
      },
      ({ sessionId, query: { q, before, limit } }) => jobs.search(sessionId, { query: q, before, limit: Number(limit ?? LIMIT) }),
    );
  };
