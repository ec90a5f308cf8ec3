import type { WindowResult } from '@bulk-transcribe/protocol';
import type { Stopwatch } from '../stopwatch.ts';
import type { Gap, Piece, SpeechWindow } from '../vad/pack-windows.ts';
import type { Span } from '../vad/span-tracker.ts';
import type { FinishedWindows } from './finished-windows.ts';
import type { Recogniser, Recognition } from './recogniser.ts';

export interface RecognisedWindow {
  readonly kind: 'window';
  readonly window: SpeechWindow;
  readonly recognition: Recognition;
}

/** A window that an earlier attempt has recognised. */
export interface TakenWindow extends Span {
  readonly kind: 'taken';
  readonly result: WindowResult;
}

interface RecogniseParts {
  readonly recogniser: Recogniser;
  readonly clock: Stopwatch;
  readonly finished: FinishedWindows;
}

/** Windows in batches as the recogniser likes them; results and gaps come in order of time. */
export async function* recogniseWindows(
  pieces: AsyncIterable<Piece>,
  { recogniser, clock, finished }: RecogniseParts,
  signal: AbortSignal,
): AsyncGenerator<RecognisedWindow | TakenWindow | Gap> {
  let batch: SpeechWindow[] = [];
  let held: (Piece | TakenWindow)[] = [];
  async function* flush(): AsyncGenerator<RecognisedWindow | TakenWindow | Gap> {
    const recognitions = batch.length > 0 ? await clock.measure(() => recogniser.recognise(batch, signal)) : [];
    const results = recognitions.values();
    for (const piece of held) {
      if (piece.kind === 'window') yield { kind: 'window', window: piece, recognition: resultOf(results.next()) };
      else yield piece;
    }
    batch = [];
    held = [];
  }
  for await (const piece of takeOver(pieces, finished)) {
    held.push(piece);
    if (piece.kind === 'window') batch.push(piece);
    if (batch.length === recogniser.batchSize || batch.length === 0) yield* flush();
  }
  yield* flush();
}

/** Puts what was finished in the place of its window. */
async function* takeOver(pieces: AsyncIterable<Piece>, finished: FinishedWindows): AsyncGenerator<Piece | TakenWindow> {
  let index = 0;
  for await (const piece of pieces) {
    const result = piece.kind === 'window' ? finished.at(index++, piece) : null;
    yield result ? { kind: 'taken', start: piece.start, end: piece.end, result } : piece;
  }
}

function resultOf(next: IteratorResult<Recognition, unknown>): Recognition {
  if (next.done) throw new Error('The recogniser answered fewer windows than it was given.');
  return next.value;
}
