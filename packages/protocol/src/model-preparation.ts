/** A model on its way to a worker: asked for by POST /v1/models/:name, told by ping and health until it is there. */
import { type Static, Type } from '@sinclair/typebox';
import { TaskError } from './errors.ts';
import { ModelName } from './models-api.ts';

/**
 * - fetching: its files come from the hub. - loading: into memory, where nothing else is at work. - ready: a recording may ask for it.
 * - failed: `error` says why; another request tries again.
 */
export const preparationStates = ['fetching', 'loading', 'ready', 'failed'] as const;

export const ModelPreparation = Type.Object(
  {
    name: ModelName,
    state: Type.Union(/* @__PURE__ */ preparationStates.map((state) => Type.Literal(state))),
    doneBytes: Type.Integer({ minimum: 0 }),
    totalBytes: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description: 'Null until the hub has told the sizes.' }),
    error: Type.Union([TaskError, Type.Null()]),
  },
  { $id: 'ModelPreparation' },
);
export type ModelPreparation = Static<typeof ModelPreparation>;
