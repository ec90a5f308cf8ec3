/** Entry of the engine's child process: loads the models once, then transcribes what its owner sends. */
import { inspect } from 'node:util';
import { AppError, toAppError } from '@bulk-transcribe/protocol';
import { createTranscriber, type Transcriber } from '../transcriber.ts';
import type { EngineAnswer, EngineCall, EngineFailure, EngineReply, EngineRequest } from './messages.ts';

let transcriber: Transcriber | null = null;
/** Recordings on their way, by the number of their call. */
const running = new Map<number, AbortController>();

// The owner is gone, killed perhaps: nobody waits for an answer. The decoder ends by itself when nobody reads it.
process.on('disconnect', () => process.exit(0));
process.on('message', (request: EngineCall) => {
  const { call } = request;
  if (request.type === 'cancel') return running.get(call)?.abort();
  answerTo(request).then(
    (answer) => send({ ...answer, call }),
    (error: unknown) => send({ ...failure(error), call }),
  );
});

async function answerTo(request: EngineRequest & { readonly call: number }): Promise<EngineAnswer> {
  switch (request.type) {
    case 'load':
      transcriber = await createTranscriber(request.options);
      return { type: 'loaded', info: transcriber.info() };
    case 'load-model':
      await loaded().loadModel(request.model);
      return { type: 'model-loaded', info: loaded().info() };
    case 'transcribe':
    case 'hear-speakers':
      return { type: 'finished', ...(await work(request)) };
    default:
      return request satisfies never;
  }
}

function loaded(): Transcriber {
  if (!transcriber) throw new AppError('engine_unavailable', 'The engine has not loaded its models.');
  return transcriber;
}

type RecordingRequest = Extract<EngineRequest, { type: 'transcribe' | 'hear-speakers' }> & { readonly call: number };

async function work({ type, recording, options, finished, call }: RecordingRequest) {
  const abort = new AbortController();
  running.set(call, abort);
  try {
    const run = type === 'transcribe' ? loaded().transcribe : loaded().hearSpeakers;
    const transcript = await run(recording, options, abort.signal, (event) => send({ type: 'event', event, call }), finished);
    return { transcript, info: loaded().info() };
  } finally {
    running.delete(call);
  }
}

function failure(cause: unknown): EngineFailure {
  const { code, message, field } = toAppError(cause);
  return { type: 'failed', code, message, ...(field !== undefined && { field }), detail: inspect(cause) };
}

function send(answer: EngineReply): void {
  if (process.connected) process.send?.(answer);
}
