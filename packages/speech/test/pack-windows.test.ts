import { describe, expect, it } from 'vitest';
import { CHUNK, CUT_REGION, MIN_SILENCE, MIN_SPEECH, SPEECH_OFF, SPEECH_ON } from '../src/vad/constants.ts';
import { type Piece, packWindows, type WindowPolicy } from '../src/vad/pack-windows.ts';
import type { HeardChunk } from '../src/vad/silero.ts';
import type { Span } from '../src/vad/span-tracker.ts';
import { RATE, random } from './media.ts';

const policies: WindowPolicy[] = [
  { longest: 15 * RATE, padding: 0.2 * RATE },
  { longest: 30 * RATE, padding: 0.4 * RATE },
  { longest: 2 * RATE, padding: 0 },
  { longest: 5 * RATE, padding: 1.5 * RATE },
];

/** The slow, obvious twin: sees the whole recording at once. */
function windowsOf(probabilities: readonly number[], total: number, { longest, padding }: WindowPolicy): Span[] {
  const raw: Span[] = [];
  let start = -1;
  let quiet = -1;
  probabilities.forEach((probability, chunk) => {
    if (start < 0) {
      if (probability < SPEECH_ON) return;
      [start, quiet] = [chunk, -1];
    } else if (probability >= SPEECH_OFF) quiet = -1;
    else {
      if (quiet < 0) quiet = chunk;
      if ((chunk + 1 - quiet) * CHUNK < MIN_SILENCE) return;
      raw.push({ start: start * CHUNK, end: quiet * CHUNK });
      start = -1;
    }
  });
  if (start >= 0) raw.push({ start: start * CHUNK, end: total });
  const speech = raw.filter((span) => span.end - span.start >= MIN_SPEECH);
  const padded = speech.map(({ start, end }, index) => {
    const before = (start - (speech[index - 1]?.end ?? Number.NEGATIVE_INFINITY)) / 2;
    const after = ((speech[index + 1]?.start ?? Number.POSITIVE_INFINITY) - end) / 2;
    return { start: Math.max(0, start - Math.min(padding, before)), end: Math.min(total, end + Math.min(padding, after)) };
  });
  const cut = (span: Span): Span[] => {
    if (span.end - span.start <= longest) return [span];
    const limit = span.start + longest;
    const allowed = probabilities
      .map((probability, chunk) => ({ probability, from: chunk * CHUNK }))
      .filter(({ from }) => from >= limit - longest * CUT_REGION && from + CHUNK <= limit);
    const quietest = Math.min(...allowed.map(({ probability }) => probability));
    const at = (allowed.find(({ probability }) => probability === quietest)?.from ?? Number.NaN) + CHUNK / 2;
    return [{ start: span.start, end: at }, ...cut({ start: at, end: span.end })];
  };
  const windows: Span[] = [];
  for (const span of padded.flatMap(cut)) {
    const last = windows.at(-1);
    if (last && span.end - last.start <= longest) windows.splice(-1, 1, { start: last.start, end: span.end });
    else windows.push(span);
  }
  return windows;
}

/** Probabilities that run in stretches of silence, speech and doubt, as those of real recordings do. */
function probabilities(seed: number, chunks: number): number[] {
  const next = random(seed);
  const result: number[] = [];
  while (result.length < chunks) {
    const level = next();
    const length = Math.ceil(next() ** 3 * (next() < 0.2 ? 900 : 60));
    for (let index = 0; index < length; index += 1) result.push(Math.max(0, Math.min(1, level + (next() - 0.5) * 0.6)));
  }
  return result.slice(0, chunks);
}

async function* heard(values: readonly number[], lastChunk: number): AsyncGenerator<HeardChunk> {
  let at = 0;
  for (const [index, probability] of values.entries()) {
    const length = index === values.length - 1 ? lastChunk : CHUNK;
    yield { samples: Float32Array.from({ length }, (_, offset) => at + offset), probability };
    at += length;
  }
}

const packed = (values: readonly number[], lastChunk: number, policy: WindowPolicy): Promise<Piece[]> =>
  Array.fromAsync(packWindows(heard(values, lastChunk), policy));

describe('windows of generated recordings', () => {
  const cases = Array.from({ length: 80 }, (_, seed) => {
    const next = random(seed * 7 + 1);
    return { seed, chunks: Math.ceil(next() * 3000), lastChunk: Math.ceil(next() * CHUNK), policy: policies[seed % policies.length] as WindowPolicy };
  });

  it('are those of the slow twin', async () => {
    let count = 0;
    for (const { seed, chunks, lastChunk, policy } of cases) {
      const values = probabilities(seed, chunks);
      const windows = (await packed(values, lastChunk, policy)).filter(({ kind }) => kind === 'window').map(({ start, end }) => ({ start, end }));
      expect(windows, `seed ${seed}`).toEqual(windowsOf(values, (chunks - 1) * CHUNK + lastChunk, policy));
      count += windows.length;
    }
    expect(count).toBeGreaterThan(400);
  });

  it('cover the recording exactly, together with the gaps', async () => {
    for (const { seed, chunks, lastChunk, policy } of cases) {
      let at = 0;
      for (const piece of await packed(probabilities(seed, chunks), lastChunk, policy)) {
        expect(piece.start, `seed ${seed}`).toBe(at);
        expect(piece.end).toBeGreaterThan(piece.start);
        at = piece.end;
      }
      expect(at, `seed ${seed}`).toBe((chunks - 1) * CHUNK + lastChunk);
    }
  });

  it('are never longer than the recogniser wants, and hold exactly their samples and speech', async () => {
    for (const { seed, chunks, lastChunk, policy } of cases) {
      for (const piece of await packed(probabilities(seed, chunks), lastChunk, policy)) {
        if (piece.kind === 'gap') continue;
        expect(piece.end - piece.start).toBeLessThanOrEqual(policy.longest);
        expect([piece.samples.length, piece.samples[0], piece.samples.at(-1)]).toEqual([piece.end - piece.start, piece.start, piece.end - 1]);
        for (const span of piece.speech) expect(span.start >= piece.start && span.start < span.end && span.end <= piece.end).toBe(true);
      }
    }
  });
});

it('a recording without speech is one stretch of gaps', async () => {
  const pieces = await packed(Array(4000).fill(0.1), CHUNK, policies[0] as WindowPolicy);
  expect(pieces.every(({ kind }) => kind === 'gap')).toBe(true);
  expect(pieces.length).toBeGreaterThan(1);
});

it('an empty recording has no pieces', async () => {
  expect(await packed([], 0, policies[0] as WindowPolicy)).toEqual([]);
});
