/** The OpenAPI document of every route, generated from the route schemas: /docs for people, /docs/json and /openapi.json for programs. */

import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { Parts } from './parts.ts';

const description = `Transcripts of many recordings, made on this machine.

Browsers are known by a session cookie. Programs send \`Authorization: Bearer\` with one of API_TOKENS; each token has a session of its own.
Where ACCESS_PASSWORD is set, browsers give it first (POST /api/access). What stands under /api/admin asks for ADMIN_TOKEN instead (X-Admin-Token).
What belongs to another session answers 404. Errors carry a code of a closed list, a message and a hint.`;

/** Must stand before the routes. */
export async function useDocs(app: FastifyInstance, { identity, access, tokens }: Pick<Parts, 'identity' | 'access' | 'tokens'>): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Bulk Transcribe', version: identity.version, description, license: { name: 'MIT' } },
      tags: [
        { name: 'recordings', description: 'Upload, play, delete.' },
        { name: 'jobs', description: 'Batches of recordings and their tasks.' },
        { name: 'transcripts', description: 'Results and exports.' },
        { name: 'session', description: 'Use it elsewhere, delete it.' },
        { name: 'openai', description: 'Compatible with the OpenAI API: existing clients work unchanged with this base URL.' },
        { name: 'admin', description: 'For the owner: X-Admin-Token with every request.' },
        { name: 'system', description: 'State of the service.' },
      ],
      components: {
        securitySchemes: {
          apiToken: { type: 'http', scheme: 'bearer' },
          adminToken: { type: 'apiKey', in: 'header', name: 'X-Admin-Token' },
        },
      },
      security: [{}, { apiToken: [] }],
    },
    refResolver: { buildLocalReference: (schema, _base, _fragment, i) => (typeof schema['$id'] === 'string' ? schema['$id'] : `def-${i}`) },
  });
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      if ((await tokens.sessionOf(request, reply)) === null) access.require(request);
    });
    scope.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
    await scope.register(swaggerUi, { routePrefix: '/docs' });
  });
}
