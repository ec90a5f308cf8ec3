/** The voice prints of a region's spans. */
import type { Graph } from '../onnx/open-session.ts';
import type { AudioBuffer } from '../vad/audio-buffer.ts';
import { embed, MIN_ROWS } from './embedding.ts';
import { fbank, MELS, ROW_SEC, rowsIn, samplesOfRows } from './fbank.ts';
import type { Region } from './regions.ts';
import { fbankRows, type Span, type Unit, unitsAndSpans } from './units.ts';
import { DIMENSIONS } from './voice-print.ts';

export interface VoicePrint {
  /** Zeros where the span is too short. */
  readonly embedding: Float32Array;
  /** Of sound in it. */
  readonly seconds: number;
}

/** One for each span, in order. `audio` still holds the region. */
export async function* printRegion(session: Graph, region: Region, audio: AudioBuffer): AsyncGenerator<VoicePrint> {
  const { units, spans } = unitsAndSpans([region]);
  const features = regionFeatures(region, audio);
  for (const span of spans) {
    const rows = features.of(framesOf(span, units));
    const enough = rows.length >= MIN_ROWS * MELS;
    yield enough
      ? { embedding: await embed(session, rows), seconds: (rows.length / MELS) * ROW_SEC }
      : { embedding: new Float32Array(DIMENSIONS), seconds: 0 };
  }
}

const framesOf = ({ first, last }: Span, units: readonly Unit[]): Int32Array =>
  Int32Array.from(units.slice(first, last + 1).flatMap(({ frames }) => [...frames]));

/** Every row is computed once, though most are in two spans. */
function regionFeatures(region: Region, audio: AudioBuffer): { of: (frames: Int32Array) => Float32Array } {
  const runs = fbankRows(region);
  const last = rowsIn(audio.end);
  const from = Math.min(runs[0]?.[0] ?? 0, last);
  const to = Math.min(runs.at(-1)?.[1] ?? 0, last);
  const features = to > from ? fbank(audio.slice(...samplesOfRows(from, to))) : new Float32Array();
  return {
    of(frames) {
      const parts = fbankRows(frames).map(([first, end]) => features.subarray((first - from) * MELS, Math.max(0, Math.min(end, to) - from) * MELS));
      const rows = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        rows.set(part, at);
        at += part.length;
      }
      return rows;
    },
  };
}
