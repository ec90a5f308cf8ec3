/** What the owner may ask of the models: see them, install one, remove one. */
import { findKnown, hubSource, knownModels, propose, thisMachine } from '@bulk-transcribe/models';
import { AppError, type ModelInstall, type ModelInstallRequest, type ModelState, type ModelsOverview } from '@bulk-transcribe/protocol';
import type { ModelUse } from '../jobs/model-use.ts';
import type { Models } from './open-models.ts';

export interface ModelManagement {
  overview(): Promise<ModelsOverview>;
  /** By name, alias or owner--name. AppError model_unknown. */
  state(name: string): Promise<ModelState>;
  /** Goes on in the background. AppError model_unknown, invalid_request, or conflict where it is installed. */
  install(request: ModelInstallRequest): Promise<ModelInstall>;
  /** Also what an installation has left. AppError conflict while tasks need it, model_busy, not_found. */
  remove(name: string): Promise<void>;
}

export function manageModels({ store, installs }: Models, jobs: ModelUse): ModelManagement {
  const allInstalls = async (): Promise<ModelInstall[]> => {
    const ours = installs.list();
    const others = (await store.unfinished()).filter(({ name }) => !ours.some((install) => install.name === name));
    return [...ours, ...others];
  };
  return {
    overview: async () => ({
      installed: await store.list(),
      known: [...knownModels],
      installs: await allInstalls(),
      proposal: propose(thisMachine()),
    }),
    state: async (asked) => {
      const name = store.nameOf(asked);
      const install = (await allInstalls()).find((one) => one.name === name) ?? null;
      const state = { name, known: findKnown(name), installed: await store.find(name), install };
      if (state.known || state.installed || state.install) return state;
      throw new AppError('model_unknown', `There is no model ${name}.`);
    },
    install: async ({ name, revision }) => {
      const source = hubSource(name, revision);
      if (await store.find(source.name)) throw new AppError('conflict', `The model ${source.name} is installed already.`);
      return installs.start(source);
    },
    remove: async (asked) => {
      const name = store.nameOf(asked);
      if ((await jobs.modelsInUse()).has(name)) throw new AppError('conflict', `Tasks wait for the model ${name} or run with it.`);
      const failed = installs.find(name) !== null;
      installs.dismiss(name);
      // It may have failed before anything of it came.
      if (!failed || store.has(name)) await store.remove(name);
    },
  };
}
