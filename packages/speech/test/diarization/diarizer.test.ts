import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeAvDecoder } from '../../src/decode/node-av-decoder.ts';
import { inChannels } from '../../src/diarization/channels.ts';
import { openDiarizer } from '../../src/diarization/diarizer.ts';
import { labelSpeakers } from '../../src/diarization/label-speakers.ts';
import { devData, RATE, random, sampleAudio } from '../media.ts';
import { furthest, golden, goldenEvidence } from './golden.ts';

if (!devData) console.warn('BULK_TRANSCRIBE_DEV_DATA is not set: no conversation is diarized here.');

const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
afterAll(() => diarizer.release());
const { signal } = new AbortController();

async function* inPieces(channels: readonly Float32Array[], length: number): AsyncGenerator<Float32Array[]> {
  const samples = channels[0]?.length ?? 0;
  for (let at = 0; at < samples; at += length) yield channels.map((channel) => channel.subarray(at, at + length));
}

describe.runIf(devData)('a conversation', () => {
  it.each(golden.cases)('gives the evidence of the reference: $audio', async (recording) => {
    const file = path.join(devData ?? '', 'audio', recording.audio);
    const { chunks } = await nodeAvDecoder.open({ path: file, name: recording.audio }, signal);
    const audio = (async function* () {
      for await (const chunk of chunks) yield [chunk];
    })();
    const { channels } = await diarizer.analyse(audio, { channels: 'auto', signal });
    const [wanted] = goldenEvidence(recording).channels;
    expect(channels).toHaveLength(1);
    expect(channels[0]).toMatchObject({ samples: wanted?.samples, active: wanted?.active, count: wanted?.count, changes: wanted?.changes });
    expect(furthest(channels[0]?.seconds ?? [], wanted?.seconds ?? [])).toBeLessThan(1e-6);
    expect(furthest(channels[0]?.embeddings ?? [], wanted?.embeddings ?? [])).toBeLessThan(golden.tolerance.embeddings);
  });
});

describe('the recording that comes with the product', async () => {
  const samples = (await sampleAudio()).subarray(0, 12 * RATE);
  const analyse = (length: number) => diarizer.analyse(inPieces([samples], length), { channels: 'auto', signal });
  const evidence = await analyse(RATE);

  it('has a speaker, whose turns lie within it', () => {
    const { turns, speakers } = labelSpeakers(evidence, { speakers: 1 });
    expect(speakers).toHaveLength(1);
    expect(speakers[0]?.seconds).toBeGreaterThan(3);
    for (const { start, end } of turns) expect(0 <= start && start < end && end <= samples.length / RATE).toBe(true);
  });

  it('gives the same evidence in pieces of any length', async () => {
    expect(await analyse(7777)).toEqual(evidence);
  });

  it('is given up when it is cancelled', async () => {
    const cancelled = AbortSignal.abort();
    await expect(diarizer.analyse(inPieces([samples], RATE), { channels: 'mix', signal: cancelled })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a recording in which nobody speaks', () => {
  it.each([0, 1, 300, RATE])('has no turns: %i samples of silence', async (length) => {
    const evidence = await diarizer.analyse(inPieces([new Float32Array(length)], RATE), { channels: 'auto', signal });
    expect(labelSpeakers(evidence, { minSpeakers: 2 })).toMatchObject({ turns: [], speakers: [], warnings: [{ code: 'fewer_speakers' }] });
  });
});

describe('channels', () => {
  /** Bursts of noise of one second, in turn with silence. */
  const bursts = (seed: number, odd: number): Float32Array => {
    const draw = random(seed);
    return Float32Array.from({ length: 70 * RATE }, (_, at) => (Math.floor(at / RATE) % 2 === odd ? draw() - 0.5 : 0));
  };
  const talk = bursts(1, 0);
  const answer = bursts(2, 1);
  const count = async (channels: readonly Float32Array[], wish: 'auto' | 'mix' | 'separate') => {
    const pieces = await Array.fromAsync(inChannels(inPieces(channels, 4801), wish));
    const counts = new Set(pieces.map(({ length }) => length));
    const length = pieces.reduce((sum, [first]) => sum + (first?.length ?? 0), 0);
    return { counts: [...counts], length };
  };

  it('are taken by themselves where each has a speaker of its own', async () => {
    expect(await count([talk, answer], 'auto')).toEqual({ counts: [2], length: talk.length });
  });

  it.each([
    ['one is as the other', talk],
    ['one is the other, more quietly', talk.map((sample) => sample * 0.2)],
    ['one is the other, turned over', talk.map((sample) => -sample)],
    ['one is loud when the other is', bursts(3, 0)],
    ['one is silent', new Float32Array(talk.length)],
  ])('are mixed where %s', async (_, other) => {
    expect(await count([talk, other], 'auto')).toEqual({ counts: [1], length: talk.length });
  });

  it('are as the user wants them', async () => {
    expect((await count([talk, answer], 'mix')).counts).toEqual([1]);
    expect((await count([talk, talk], 'separate')).counts).toEqual([2]);
  });

  it('are mixed to their mean', async () => {
    const [piece] = await Array.fromAsync(inChannels(inPieces([Float32Array.of(1, 0.5), Float32Array.of(0, -0.5)], 2), 'mix'));
    expect(piece).toEqual([Float32Array.of(0.5, 0)]);
  });

  it('are decided on before all is heard', async () => {
    let read = 0;
    const audio = (async function* () {
      for await (const piece of inPieces([talk, answer], 4801)) {
        read += piece[0]?.length ?? 0;
        yield piece;
      }
    })();
    await inChannels(audio, 'auto').next();
    expect(read).toBeLessThan(talk.length);
  });
});
