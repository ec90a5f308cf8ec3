import { afterAll, describe, expect, it } from 'vitest';
import { decodeEvidence, encodeEvidence } from '../../src/diarization/evidence-codec.ts';
import { SpeakersThread } from '../../src/speakers/speakers-thread.ts';
import { tellLabels } from '../../src/speakers/tell-labels.ts';
import { madeEvidence } from '../diarization/made-evidence.ts';

const foundOut = { speakers: null, minSpeakers: null, maxSpeakers: null };

describe('the thread', () => {
  const thread = new SpeakersThread();
  afterAll(() => thread.close());
  const { evidence } = madeEvidence({ seconds: 120, voices: [1, 2, 3] });
  const encoded = encodeEvidence({ channels: [evidence] });

  it('tells the same labels as without it, in the order of the questions', async () => {
    const counts = [foundOut, { ...foundOut, speakers: 2 }, { ...foundOut, maxSpeakers: 1 }, { ...foundOut, minSpeakers: 5 }];
    const answers = await Promise.all(counts.map((one) => thread.labels(encoded, one)));
    expect(answers).toEqual(counts.map((one) => tellLabels(decodeEvidence(encoded), one)));
    expect(answers.map(({ speakers }) => speakers.length)).toEqual([3, 2, 1, 5]);
  });

  it('answers after a question that it could not answer, and after its own death', async () => {
    await expect(thread.labels(new Uint8Array(9), foundOut)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('no speaker evidence'),
    });
    expect((await thread.labels(encoded, foundOut)).speakers).toHaveLength(3);
    const broken = thread.labels(encoded, foundOut);
    await thread.close();
    await Promise.allSettled([broken]);
    expect((await thread.labels(encoded, foundOut)).speakers).toHaveLength(3);
  });

  it('gives the voices of speakers as the turns stand', async () => {
    const { turns } = await thread.labels(encoded, foundOut);
    const voices = await thread.voices(encoded, turns);
    expect(voices.map(({ speaker }) => speaker)).toEqual(['S1', 'S2', 'S3']);
    const renamed = turns.map((turn) => (turn.speaker === 'S3' ? { ...turn, speaker: 'S1' } : turn));
    expect((await thread.voices(encoded, renamed)).map(({ speaker }) => speaker)).toEqual(['S1', 'S2']);
  });
});
