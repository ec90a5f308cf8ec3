import { describe, expect, it } from 'vitest';
import { decodeEvidence, encodeEvidence } from '../../src/diarization/evidence-codec.ts';
import { labelSpeakers } from '../../src/diarization/label-speakers.ts';
import type { SpeakerTurn } from '../../src/diarization/speaker-turns.ts';
import { floatsOf, furthest, type GoldenCase, golden, goldenEvidence, partition } from './golden.ts';

function expectTurns(turns: readonly SpeakerTurn[], wanted: readonly SpeakerTurn[]): void {
  expect(partition(turns.map(({ speaker }) => speaker))).toEqual(partition(wanted.map(({ speaker }) => speaker)));
  const times = (list: readonly SpeakerTurn[]) => list.flatMap(({ start, end }) => [start, end]);
  expect(furthest(times(turns), times(wanted))).toBeLessThan(golden.tolerance.turnsSec);
}

describe.each(golden.cases)('what is heard in $audio', (recording) => {
  const evidence = goldenEvidence(recording);

  it('gives the turns and voices of the reference', () => {
    const { turns, speakers, warnings } = labelSpeakers(evidence);
    expectTurns(turns, recording.turns);
    // The reference numbers voices in another order: by their size.
    const numbers = [...new Set(recording.turns.map(({ speaker }) => speaker))];
    const dimensions = recording.centroids.shape[1] ?? 0;
    const voices = numbers.map((number) => floatsOf(recording.centroids).subarray(number * dimensions, (number + 1) * dimensions));
    expect(speakers.map(({ id }) => id)).toEqual([...voices.keys()]);
    for (const [index, voice] of voices.entries()) expect(furthest(speakers[index]?.centroid ?? [], voice)).toBeLessThan(golden.tolerance.embeddings);
    expect(warnings).toEqual([]);
  });

  it('gives the turns of the reference for two speakers', () => {
    expectTurns(labelSpeakers(evidence, { speakers: 2 }).turns, recording.turnsWithExactlyTwoSpeakers);
  });

  it('gives the same turns once it was stored', () => {
    expect(labelSpeakers(decodeEvidence(encodeEvidence(evidence))).turns).toEqual(labelSpeakers(evidence).turns);
  });

  it.each([1, 2, 3, 4, 5])('gives %i speakers where they are asked for, and every one has a turn', (speakers) => {
    const labelled = labelSpeakers(evidence, { speakers });
    expect(labelled.speakers).toHaveLength(speakers);
    expect(labelled.speakers.every(({ seconds }) => seconds > 0)).toBe(true);
  });

  it('says so where fewer can be told apart than are asked for', () => {
    expect(labelSpeakers(evidence, { speakers: 500 }).warnings.map(({ code }) => code)).toEqual(['fewer_speakers']);
  });
});

describe('evidence of two channels', () => {
  const [first, second] = golden.cases as [GoldenCase, GoldenCase];
  const evidence = { channels: [...goldenEvidence(first).channels, ...goldenEvidence(second).channels] };

  it('has speakers of its own in each', () => {
    const { speakers, turns } = labelSpeakers(evidence);
    expect(speakers.filter(({ channel }) => channel === 0)).toHaveLength(3);
    expect(speakers.filter(({ channel }) => channel === 1)).toHaveLength(2);
    expect(turns.map(({ start }) => start)).toEqual(turns.map(({ start }) => start).toSorted((a, b) => a - b));
  });

  it('shares out the number that is wanted, one for each channel at least', () => {
    for (const wanted of [2, 3, 4, 6, 7]) expect(labelSpeakers(evidence, { speakers: wanted }).speakers).toHaveLength(wanted);
    const { speakers, warnings } = labelSpeakers(evidence, { maxSpeakers: 1 });
    expect(speakers.map(({ channel }) => channel).sort()).toEqual([0, 1]);
    expect(warnings.map(({ code }) => code)).toEqual(['more_speakers']);
  });
});

describe('stored evidence', () => {
  const bytes = encodeEvidence(goldenEvidence(golden.cases[0] as GoldenCase));

  it('is what was stored, prints within a rounding', () => {
    const [before] = goldenEvidence(golden.cases[0] as GoldenCase).channels;
    const [after] = decodeEvidence(bytes).channels;
    expect(after).toMatchObject({ samples: before?.samples, active: before?.active, count: before?.count, changes: before?.changes });
    expect(furthest(after?.embeddings ?? [], before?.embeddings ?? [])).toBeLessThan(1e-3);
    expect(furthest(after?.seconds ?? [], before?.seconds ?? [])).toBeLessThan(1e-6);
  });

  it('is refused where it is cut short, of another version or something else', () => {
    for (const length of [10, 100, bytes.length - 1]) expect(() => decodeEvidence(bytes.subarray(0, length))).toThrow(/too early/);
    expect(() => decodeEvidence(Uint8Array.from(bytes, (byte, index) => (index === 4 ? 99 : byte)))).toThrow(/version 99/);
    expect(() => decodeEvidence(new Uint8Array(100))).toThrow(/no speaker evidence/);
  });
});
