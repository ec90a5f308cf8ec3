import { RemoteWorkerChange, RemoteWorkerConfig, RemoteWorkerTest, RemoteWorkerTrial } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { aboutAdmin, adminErrors } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

export const adminRemoteWorkerRoutes =
  ({ remote }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/remote-worker',
      {
        schema: {
          ...aboutAdmin('The remote worker: configuration in force, and where each value comes from'),
          response: { 200: ref(RemoteWorkerConfig), ...adminErrors([]) },
        },
      },
      async () => remote.settings.config,
    );

    app.post(
      '/remote-worker',
      {
        schema: {
          ...aboutAdmin('Save the configuration of the remote worker; in force at once'),
          description: 'What is left out is kept. The environment comes before what is saved. The token goes only to the origin it was set with.',
          body: ref(RemoteWorkerChange),
          response: { 200: ref(RemoteWorkerConfig), ...adminErrors(['invalid_request', 'disk_full', 'forbidden_origin']) },
        },
      },
      ({ body }) => remote.settings.save(body),
    );

    app.post(
      '/remote-worker/test',
      {
        schema: {
          ...aboutAdmin('Ask a worker what it is, without saving anything'),
          description: 'What is left out is taken from the configuration in force; its token only for its own address.',
          body: ref(RemoteWorkerTrial),
          response: { 200: ref(RemoteWorkerTest), ...adminErrors(['invalid_request', 'forbidden_origin']) },
        },
      },
      ({ body }) => remote.tester.test(body),
    );
  };
