import type { Stopwatch } from '../stopwatch.ts';
import type { Gap, Piece, SpeechWindow } from '../vad/pack-windows.ts';
import type { Recogniser, Recognition } from './recogniser.ts';

export interface RecognisedWindow {
  readonly kind: 'window';
  readonly window: SpeechWindow;
  readonly recognition: Recognition;
}

/** Windows in batches as the recogniser likes them; results and gaps come in order of time. */
export async function* recogniseWindows(
  pieces: AsyncIterable<Piece>,
  { recogniser, clock }: { readonly recogniser: Recogniser; readonly clock: Stopwatch },
  signal: AbortSignal,
): AsyncGenerator<RecognisedWindow | Gap> {
  let batch: SpeechWindow[] = [];
  let held: Piece[] = [];
  async function* flush(): AsyncGenerator<RecognisedWindow | Gap> {
    const recognitions = batch.length > 0 ? await clock.measure(() => recogniser.recognise(batch, signal)) : [];
    const results = recognitions.values();
    for (const piece of held) {
      if (piece.kind === 'gap') yield piece;
      else yield { kind: 'window', window: piece, recognition: resultOf(results.next()) };
    }
    batch = [];
    held = [];
  }
  for await (const piece of pieces) {
    held.push(piece);
    if (piece.kind === 'window') batch.push(piece);
    if (batch.length === recogniser.batchSize || batch.length === 0) yield* flush();
  }
  yield* flush();
}

function resultOf(next: IteratorResult<Recognition, unknown>): Recognition {
  if (next.done) throw new Error('The recogniser answered fewer windows than it was given.');
  return next.value;
}
