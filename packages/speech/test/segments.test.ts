import { describe, expect, it } from 'vitest';
import { segmentsOf } from '../src/recognise/segments.ts';
import { splitSentences } from '../src/recognise/sentences.ts';
import { RATE } from './media.ts';

describe('sentences', () => {
  it.each([
    ['One. Two? Three!', ['One.', 'Two?', 'Three!']],
    ['Mr. Hale paid $3.50 to Dr. No. He left.', ['Mr. Hale paid $3.50 to Dr. No. He left.']],
    ['He met J. R. Smith. “Why?” she said. So did I. Good', ['He met J. R. Smith.', '“Why?”', 'she said.', 'So did I.', 'Good']],
    ['no mark at all', ['no mark at all']],
    ['', []],
  ])('of “%s”', (text, expected) => {
    expect(splitSentences(text)).toEqual(expected);
  });
});

describe('segments of a window', () => {
  const at = (seconds: number) => Math.round(seconds * RATE);
  const span = (start: number, end: number) => ({ start: at(start), end: at(end) });
  const window = (...speech: { start: number; end: number }[]) => ({
    ...span(100, 110),
    kind: 'window' as const,
    samples: new Float32Array(0),
    speech,
  });
  const recognised = (text: string) => ({ text, avgLogProb: -0.123456, loopCut: false });

  it('begin and end at the window and in the pauses nearest to the ends of sentences', () => {
    const segments = segmentsOf(
      window(span(100.2, 103), span(103.3, 105), span(106, 109.8)),
      recognised('Twenty letters here. Another twenty ones.'),
    );
    expect(segments).toEqual([
      { start: 100, end: 105.2, text: 'Twenty letters here.', avgLogProb: -0.1235 },
      { start: 105.8, end: 110, text: 'Another twenty ones.', avgLogProb: -0.1235 },
    ]);
  });

  it('keep sentences together where no pause was heard', () => {
    expect(segmentsOf(window(span(100.2, 109.8)), recognised('One here. Two there.'))).toEqual([
      { start: 100, end: 110, text: 'One here. Two there.', avgLogProb: -0.1235 },
    ]);
    const early = window(span(100.2, 100.6), span(101, 109.8));
    expect(segmentsOf(early, recognised('Half of all the letters. The other half of them.'))).toHaveLength(1);
  });

  it('are none where nothing was recognised', () => {
    expect(segmentsOf(window(span(100.2, 109.8)), recognised(''))).toEqual([]);
  });
});
