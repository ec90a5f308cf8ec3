export { chooseDecoder, type DecoderChoice } from './decode/choose-decoder.ts';
export { hasFfmpeg } from './decode/ffmpeg-decoder.ts';
export * from './engine.ts';
export type { EngineLog } from './engine-process/engine-connection.ts';
export { type EngineHandle, type EngineOptions, startEngine } from './engine-process/start-engine.ts';
export { Stopwatch } from './stopwatch.ts';
export { createTranscriber, type Transcriber, type TranscriberOptions } from './transcriber.ts';
export { openSpeechDetector } from './vad/silero.ts';
