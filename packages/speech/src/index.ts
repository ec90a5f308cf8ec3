export type { DecoderChoice } from './decode/choose-decoder.ts';
export * from './engine.ts';
export type { EngineLog } from './engine-process/engine-connection.ts';
export { type EngineHandle, type EngineOptions, startEngine } from './engine-process/start-engine.ts';
export { createTranscriber, type Transcriber, type TranscriberOptions } from './transcriber.ts';
