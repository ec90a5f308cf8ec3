import { describe, expect, it } from 'vitest';
import { outlineBars } from '../src/transcript/outline-bars.ts';
import { segment } from './examples.ts';

const outline = { secPerPeak: 0.5, peaks: btoa(String.fromCharCode(0, 100, 50, 200, 10, 20)) };

describe('the bars of a recording', () => {
  const segments = [segment(0, 1, 'a', 'S1'), segment(2, 3, 'b', 'S2')];

  it('are as high as the loudest moment of their stretch, the loudest of all is 1, in the colour of who speaks', () => {
    expect(outlineBars({ outline, segments, durationSec: 3, count: 3 })).toEqual([
      { height: 0.5, speaker: 'S1' },
      { height: 1, speaker: undefined },
      { height: 0.1, speaker: 'S2' },
    ]);
  });

  it('may be more than there are peaks, and are flat where there is no sound', () => {
    expect(outlineBars({ outline, segments: [], durationSec: 3, count: 12 }).map(({ height }) => height * 200)).toEqual([
      0, 0, 100, 100, 50, 50, 200, 200, 10, 10, 20, 20,
    ]);
    expect(outlineBars({ outline: { secPerPeak: 1, peaks: '' }, segments: [], durationSec: 1, count: 2 }).map(({ height }) => height)).toEqual([
      0, 0,
    ]);
  });
});
