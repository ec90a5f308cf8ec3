import { FurtherWorkerAddition, FurtherWorkerChange, FurtherWorkers, RemoteWorkerTest } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { aboutAdmin, adminErrors } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

const params = Type.Object({ name: Type.String({ minLength: 1, maxLength: 300 }) });
const whereSaving = ['invalid_request', 'conflict', 'disk_full', 'forbidden_origin'] as const;

/** Workers beside the first one. Each answer is the whole list. */
export const adminRemoteWorkersRoutes =
  ({ remote: { further, tester } }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/remote-workers',
      {
        schema: { ...aboutAdmin('The workers beside the first one; never their tokens'), response: { 200: ref(FurtherWorkers), ...adminErrors([]) } },
      },
      async () => further.list,
    );

    app.post(
      '/remote-workers',
      {
        schema: {
          ...aboutAdmin('Add a worker; it takes work at once, in the mode of the first one'),
          body: ref(FurtherWorkerAddition),
          response: { 201: ref(FurtherWorkers), ...adminErrors(whereSaving) },
        },
      },
      async ({ body }, reply) => reply.code(201).send(await further.add(body)),
    );

    app.patch(
      '/remote-workers/:name',
      {
        schema: {
          ...aboutAdmin('Change a worker that was added here; what is left out is kept'),
          params,
          body: ref(FurtherWorkerChange),
          response: { 200: ref(FurtherWorkers), ...adminErrors(['not_found', ...whereSaving]) },
        },
      },
      ({ params: { name }, body }) => further.change(name, body),
    );

    app.delete(
      '/remote-workers/:name',
      {
        schema: {
          ...aboutAdmin('Remove a worker that was added here; it finishes what it has'),
          params,
          response: { 200: ref(FurtherWorkers), ...adminErrors(['not_found', ...whereSaving]) },
        },
      },
      ({ params: { name } }) => further.remove(name),
    );

    app.post(
      '/remote-workers/:name/test',
      {
        schema: {
          ...aboutAdmin('Ask a worker what it is, as it is set up'),
          params,
          response: { 200: ref(RemoteWorkerTest), ...adminErrors(['not_found', 'forbidden_origin']) },
        },
      },
      ({ params: { name } }) => tester.ask(further.address(name)),
    );
  };
