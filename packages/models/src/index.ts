export type { HubSettings } from './hub/hub-settings.ts';
export type { InstallProgress } from './install-from-hub.ts';
export { thisMachine } from './machine.ts';
export { matchModel } from './match-model.ts';
export { folderSource, hubSource, isPath, type ModelSource } from './model-source.ts';
export { ModelStore } from './model-store.ts';
export { propose } from './proposal.ts';
export { findKnown, knownModels } from './registry.ts';
export { defaultModel, resolveOptions } from './resolve-options.ts';
