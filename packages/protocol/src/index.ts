export * from './controller-api.ts';
export * from './errors.ts';
export * from './ids.ts';
export * from './openai-api.ts';
export * from './options.ts';
export * from './task-state.ts';
export * from './transcript.ts';
export * from './worker-api.ts';
