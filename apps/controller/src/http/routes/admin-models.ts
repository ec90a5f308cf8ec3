import { findKnown, hubSource, knownModels, propose, thisMachine } from '@bulk-transcribe/models';
import { AppError, ModelInstall, ModelInstallRequest, ModelName, ModelState, ModelsOverview } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { adminErrors } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

const ModelParams = Type.Object({ name: ModelName });
const tags = ['admin'];
const security = [{ adminToken: [] }];

export const adminModelRoutes =
  ({ jobs, models }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { store, installs } = models;

    app.get(
      '/models',
      {
        schema: {
          tags,
          security,
          summary: 'Models: installed, known, being installed, and what suits this machine',
          response: { 200: ref(ModelsOverview), ...adminErrors([]) },
        },
      },
      async () => ({ installed: await store.list(), known: [...knownModels], installs: installs.list(), proposal: propose(thisMachine()) }),
    );

    app.post(
      '/models',
      {
        schema: {
          tags,
          security,
          summary: 'Install a model',
          description: 'Goes on in the background; GET /api/admin/models/{name} says how far it is. What an earlier try has brought is used.',
          body: ref(ModelInstallRequest),
          response: { 202: ref(ModelInstall), ...adminErrors(['invalid_request', 'model_unknown', 'conflict', 'forbidden_origin']) },
        },
      },
      async ({ body }, reply) => {
        const source = hubSource(body.name, body.revision);
        if (await store.find(source.name)) throw new AppError('conflict', `The model ${source.name} is installed already.`);
        return reply.code(202).send(installs.start(source));
      },
    );

    app.get(
      '/models/:name',
      {
        schema: {
          tags,
          security,
          summary: 'One model: known, installed, being installed',
          description: 'A repository of the hub, owner/name, is owner--name here.',
          params: ModelParams,
          response: { 200: ref(ModelState), ...adminErrors(['model_unknown', 'invalid_request']) },
        },
      },
      async ({ params }) => {
        const name = store.nameOf(params.name);
        const state = { name, known: findKnown(name), installed: await store.find(name), install: installs.find(name) };
        if (state.known || state.installed || state.install) return state;
        throw new AppError('model_unknown', `There is no model ${name}.`);
      },
    );

    app.delete(
      '/models/:name',
      {
        schema: {
          tags,
          security,
          summary: 'Remove a model, or what a failed installation has left',
          params: ModelParams,
          response: {
            204: Type.Null({ description: 'Gone.' }),
            ...adminErrors(['not_found', 'conflict', 'model_busy', 'invalid_request', 'forbidden_origin']),
          },
        },
      },
      async ({ params }, reply) => {
        const name = store.nameOf(params.name);
        if ((await jobs.modelsInUse()).has(name)) throw new AppError('conflict', `Tasks wait for the model ${name} or run with it.`);
        const failed = installs.find(name) !== null;
        installs.dismiss(name);
        if (failed && !store.has(name)) return reply.code(204).send(null);
        await store.remove(name);
        return reply.code(204).send(null);
      },
    );
  };
