/** Entry of the engine's child process: loads the models once, then transcribes what its owner sends. */
import { inspect } from 'node:util';
import { AppError, toAppError } from '@bulk-transcribe/protocol';
import { createTranscriber, type Transcriber } from '../transcriber.ts';
import type { EngineAnswer, EngineFailure, EngineRequest } from './messages.ts';

let transcriber: Transcriber | null = null;

// The owner is gone, killed perhaps: nobody waits for an answer. The decoder ends by itself when nobody reads it.
process.on('disconnect', () => process.exit(0));
process.on('message', (request: EngineRequest) => {
  answerTo(request).then(send, (error: unknown) => send(failure(error)));
});

async function answerTo(request: EngineRequest): Promise<EngineAnswer> {
  switch (request.type) {
    case 'load':
      transcriber = await createTranscriber(request.options);
      return { type: 'loaded', info: transcriber.info() };
    case 'load-model':
      await loaded().loadModel(request.id);
      return { type: 'model-loaded', info: loaded().info() };
    case 'transcribe':
      return { type: 'finished', ...(await transcribe(request)) };
    default:
      return request satisfies never;
  }
}

function loaded(): Transcriber {
  if (!transcriber) throw new AppError('engine_unavailable', 'The engine has not loaded its models.');
  return transcriber;
}

async function transcribe({ recording, options, finished }: Extract<EngineRequest, { type: 'transcribe' }>) {
  const never = new AbortController().signal;
  const transcript = await loaded().transcribe(recording, options, never, (event) => send({ type: 'event', event }), finished);
  return { transcript, info: loaded().info() };
}

function failure(cause: unknown): EngineFailure {
  const { code, message, field } = toAppError(cause);
  return { type: 'failed', code, message, ...(field !== undefined && { field }), detail: inspect(cause) };
}

function send(answer: EngineAnswer): void {
  if (process.connected) process.send?.(answer);
}
