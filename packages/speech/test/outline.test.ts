import { describe, expect, it } from 'vitest';
import { OutlineDraft } from '../src/outline.ts';

async function outlineOf(chunks: readonly Float32Array[]) {
  const draft = new OutlineDraft();
  const passed: Float32Array[] = [];
  const source = async function* () {
    yield* chunks;
  };
  for await (const chunk of draft.follow(source())) passed.push(chunk);
  const { secPerPeak, peaks } = draft.finish();
  return { passed, secPerPeak, peaks: [...Buffer.from(peaks, 'base64')] };
}

describe('the outline of a recording', () => {
  it('has a peak every 50 ms, the last one for what is left, and passes the samples on', async () => {
    const chunks = [new Float32Array(700).fill(0.25), new Float32Array(100).fill(-1), new Float32Array(10).fill(0.04)];
    const { passed, secPerPeak, peaks } = await outlineOf(chunks);
    expect({ secPerPeak, peaks }).toEqual({ secPerPeak: 0.05, peaks: [255, 51] });
    expect(passed).toEqual(chunks);
  });

  it('never has more than 4096 peaks: of a longer recording each stands for more of it, and the loudest remains', async () => {
    const minutes = Array.from({ length: 20 }, (_, minute) => new Float32Array(60 * 16_000).fill(minute === 13 ? 1 : 0.01));
    const { secPerPeak, peaks } = await outlineOf(minutes);
    expect(secPerPeak).toBe(0.4);
    expect(peaks).toHaveLength(1200 / 0.4);
    expect(peaks.indexOf(255) * secPerPeak).toBeCloseTo(13 * 60, 0);
    expect(peaks.filter((peak) => peak === 255)).toHaveLength(60 / 0.4);
  });

  it('is empty where there is no sound at all', async () => {
    expect(await outlineOf([])).toMatchObject({ peaks: [] });
  });
});
