/** Evidence of a conversation that never was, of any length: as if the models had heard it. */
import { seeded } from '../../../../e2e/seeded.ts';
import type { ChannelEvidence } from '../../src/diarization/evidence.ts';
import { FRAME_SEC, FRAMES, framesIn, WINDOW_STEP, windowsIn } from '../../src/diarization/frames.ts';
import { regionsOf } from '../../src/diarization/regions.ts';
import { unitsAndSpans } from '../../src/diarization/units.ts';
import { DIMENSIONS, unitLength } from '../../src/diarization/voice-print.ts';

export interface MadeTurn {
  readonly voice: number;
  /** Frames, the last one exclusive. */
  readonly from: number;
  readonly to: number;
}

interface Conversation {
  readonly seconds: number;
  /** Who there is, by number: the same number is the same voice in another conversation. */
  readonly voices: readonly number[];
  readonly seed?: number;
}

const direction = (seed: number): Float32Array => {
  const numbers = seeded(seed);
  return unitLength(Array.from({ length: DIMENSIONS }, () => numbers() - 0.5));
};

/** One speaks after the other, 2 to 8 s each, with half a second between them. */
export function madeEvidence({ seconds, voices, seed = 1 }: Conversation): { evidence: ChannelEvidence; turns: MadeTurn[] } {
  const samples = seconds * 16_000;
  const [frames, windows] = [framesIn(samples), windowsIn(samples)];
  const numbers = seeded(seed);
  const turns: MadeTurn[] = [];
  for (let from = 0, place = 0; from < frames; place += 1) {
    const to = Math.min(frames, from + Math.round((2 + 6 * numbers()) / FRAME_SEC));
    turns.push({ voice: voices[place % voices.length] ?? 0, from, to });
    from = to + Math.round(0.5 / FRAME_SEC);
  }
  const count = new Uint8Array(frames);
  for (const { from, to } of turns) count.fill(1, from, to);
  const active = Uint8Array.from({ length: windows * FRAMES }, (_, at) => count[Math.floor(at / FRAMES) * WINDOW_STEP + (at % FRAMES)] ?? 0);
  const changes = new Uint8Array(frames);
  const { units, spans } = unitsAndSpans(regionsOf(count, changes));
  const sounds = new Map(voices.map((voice) => [voice, direction(voice + 1000)]));
  const embeddings = new Float32Array(spans.length * DIMENSIONS);
  for (const [index, { first }] of spans.entries()) {
    const frame = units[first]?.frames[0] ?? 0;
    const sound = sounds.get(turns.findLast(({ from }) => from <= frame)?.voice ?? 0) ?? new Float32Array(DIMENSIONS);
    embeddings.set(unitLength(sound.map((value) => value + 0.09 * (numbers() - 0.5))), index * DIMENSIONS);
  }
  return { evidence: { samples, active, count, changes, embeddings, seconds: new Float32Array(spans.length).fill(1.5) }, turns };
}
