import { AppError, OpenAiError, OpenAiModel, OpenAiModelList, openAiModelAliases } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { WorkersStatus } from '../dispatch/workers.ts';
import { errorResponses } from '../http/error-responses.ts';
import type { Parts } from '../http/parts.ts';
import { ref } from '../http/shared-schemas.ts';

export const modelRoutes =
  ({ workers }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/models',
      {
        schema: {
          tags: ['openai'],
          summary: 'List models',
          description: "The models here, then OpenAI's names, which all mean the default model.",
          response: { 200: ref(OpenAiModelList), ...errorResponses([], OpenAiError) },
        },
      },
      async () => ({ object: 'list' as const, data: modelIds(workers.status()).map(model) }),
    );

    app.get(
      '/models/:id',
      {
        schema: {
          tags: ['openai'],
          summary: 'One model',
          params: Type.Object({ id: Type.String() }),
          response: { 200: ref(OpenAiModel), ...errorResponses(['model_not_found'], OpenAiError) },
        },
      },
      async ({ params: { id } }) => {
        if (!modelIds(workers.status()).includes(id)) throw new AppError('model_not_found', `There is no model "${id}".`, { field: 'model' });
        return model(id);
      },
    );
  };

const modelIds = ({ models }: WorkersStatus): string[] => (models.length === 0 ? [] : [...models.map(({ id }) => id), ...openAiModelAliases]);

/** When a model was made is not known here: 0. */
const model = (id: string) => ({ id, object: 'model' as const, created: 0, owned_by: 'bulk-transcribe' });
