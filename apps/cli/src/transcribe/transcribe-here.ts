/** The recordings of a batch by the engine on this computer, one after the other. */
import type { TranscribeOptions, Transcript } from '@bulk-transcribe/protocol';
import type { Engine, SpeechEvent } from '@bulk-transcribe/speech';
import type { Batch, Pending } from './batch.ts';

export async function transcribeHere(batch: Batch, engine: Engine, options: TranscribeOptions): Promise<void> {
  for await (const pending of batch.pending()) {
    try {
      await batch.finish(pending, await transcribeOne(batch, pending, { engine, options }));
    } catch (cause) {
      await batch.fail(pending.input, cause);
    }
  }
}

/** Goes on from the windows that an earlier run has finished, and keeps those that it finishes itself. */
function transcribeOne(batch: Batch, pending: Pending, { engine, options }: { engine: Engine; options: TranscribeOptions }): Promise<Transcript> {
  const checkpoint = batch.checkpoint(pending);
  const { path, name } = pending.input;
  const onEvent = (event: SpeechEvent) => {
    if (event.type === 'window') checkpoint?.keep(event.window);
    if (event.type === 'progress') batch.show(pending, { done: event.progress.doneSec, total: event.progress.totalSec });
  };
  return engine.transcribe({ path, name }, options, batch.signal, onEvent, checkpoint?.windows);
}
