import { ModelStore } from '@bulk-transcribe/models';
import { hubSettings, tryLockDirectory } from '@bulk-transcribe/service';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { ModelInstalls } from './model-installs.ts';

/** The models in MODELS_DIR, and what is being installed there. */
export interface Models {
  readonly store: ModelStore;
  readonly installs: ModelInstalls;
  close(): Promise<void>;
}

export function openModels({ config, log }: { config: Config; log: Logger }): Models {
  const store = new ModelStore({ folder: config.MODELS_DIR, hub: hubSettings(config), lock: tryLockDirectory });
  const installs = new ModelInstalls({ store, log });
  return {
    store,
    installs,
    close: async () => {
      await installs.close();
      await store[Symbol.asyncDispose]();
    },
  };
}
