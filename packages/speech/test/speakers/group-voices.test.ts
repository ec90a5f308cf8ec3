import { expect, test } from 'vitest';
import { groupVoices, type HeardVoice } from '../../src/speakers/group-voices.ts';
import { tellLabels } from '../../src/speakers/tell-labels.ts';
import { voicesOf } from '../../src/speakers/voices-of.ts';
import { golden, goldenEvidence } from '../diarization/golden.ts';
import { madeEvidence } from '../diarization/made-evidence.ts';

const foundOut = { speakers: null, minSpeakers: null, maxSpeakers: null };

/** The voices that are heard in a conversation of these. */
function heardIn(recording: string, voices: readonly number[], seed: number): HeardVoice[] {
  const evidence = { channels: [madeEvidence({ seconds: 90, voices, seed }).evidence] };
  return voicesOf(evidence, tellLabels(evidence, foundOut).turns).map((voice) => ({ ...voice, recording }));
}

const read = (voices: readonly HeardVoice[]) =>
  groupVoices(voices).map((group) => group.voices.map(({ recording, speaker }) => `${recording} ${speaker}`).toSorted());

test('the same voices over recordings come together, one of each, and who is in one alone is in no group', () => {
  const groups = read([...heardIn('a', [1, 2], 1), ...heardIn('b', [2, 3], 2), ...heardIn('c', [2, 1, 4], 3)]);
  expect(groups.toSorted()).toEqual([
    ['a S1', 'c S2'],
    ['a S2', 'b S1', 'c S1'],
  ]);
});

test('two voices of one recording never come together, however alike they are', () => {
  const [one, ...others] = heardIn('a', [1, 2], 1);
  if (!one) throw new Error('No voice was heard.');
  const twins = [one, { ...one, speaker: 'S9' }, ...others];
  const groups = read([...twins, ...heardIn('b', [1], 2)]);
  expect(groups).toHaveLength(1);
  expect(groups[0]).toHaveLength(2);
});

test('people of real recordings that are different are not taken for one, and each is alike to itself', () => {
  const voices = golden.cases.flatMap((recording) => {
    const evidence = goldenEvidence(recording);
    return voicesOf(evidence, tellLabels(evidence, foundOut).turns).map((voice) => ({ ...voice, recording: recording.audio }));
  });
  expect(voices.length).toBeGreaterThan(3);
  expect(groupVoices(voices)).toEqual([]);
  const again = voices.map((voice) => ({ ...voice, recording: 'again' }));
  const groups = groupVoices([...voices, ...again.slice(0, 1)]);
  expect(groups.map(({ voices: own }) => own.map(({ speaker }) => speaker))).toEqual([[voices[0]?.speaker, voices[0]?.speaker]]);
  expect(groups[0]?.likeness).toBeGreaterThan(0.9);
});
