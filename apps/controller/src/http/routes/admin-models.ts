import { ModelInstall, ModelInstallRequest, ModelName, ModelState, ModelsOverview } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { manageModels } from '../../models/manage-models.ts';
import { aboutAdmin, adminErrors } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

const ModelParams = Type.Object({ name: ModelName });

const overviewSchema = {
  ...aboutAdmin('Models: installed, known, being installed, and what suits this machine'),
  response: { 200: ref(ModelsOverview), ...adminErrors([]) },
};

const installSchema = {
  ...aboutAdmin('Install a model'),
  description: 'Goes on in the background; GET /api/admin/models/{name} says how far it is. What an earlier try has brought is used.',
  body: ref(ModelInstallRequest),
  response: { 202: ref(ModelInstall), ...adminErrors(['invalid_request', 'model_unknown', 'conflict', 'forbidden_origin']) },
};

const stateSchema = {
  ...aboutAdmin('One model: known, installed, being installed'),
  description: 'A repository of the hub, owner/name, is owner--name here.',
  params: ModelParams,
  response: { 200: ref(ModelState), ...adminErrors(['model_unknown', 'invalid_request']) },
};

const removeSchema = {
  ...aboutAdmin('Remove a model, or what an installation has left that did not end'),
  params: ModelParams,
  response: {
    204: Type.Null({ description: 'Gone.' }),
    ...adminErrors(['not_found', 'conflict', 'model_busy', 'invalid_request', 'forbidden_origin']),
  },
};

export const adminModelRoutes =
  ({ jobs, models }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const manage = manageModels(models, jobs);
    app.get('/models', { schema: overviewSchema }, () => manage.overview());
    app.post('/models', { schema: installSchema }, async ({ body }, reply) => reply.code(202).send(await manage.install(body)));
    app.get('/models/:name', { schema: stateSchema }, ({ params }) => manage.state(params.name));
    app.delete('/models/:name', { schema: removeSchema }, async ({ params }, reply) => {
      await manage.remove(params.name);
      return reply.code(204).send(null);
    });
  };
