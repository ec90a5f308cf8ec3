import type { Segment, Transcript } from '@bulk-transcribe/protocol';
import { expect, it } from 'vitest';
import { seeded } from '../../../e2e/seeded.ts';
import { captions } from '../src/captions/captions.ts';
import { columns } from '../src/captions/columns.ts';
import { MAX_LINE, MAX_LINES } from '../src/captions/lines.ts';
import { MAX_LAG, MIN_DURATION, READING_SPEED, readable } from '../src/captions/reading-time.ts';

/** Two people, words of 1 to 50 letters, slow and very fast, with and without word times. */
function randomTalk(random: () => number): Segment[] {
  let now = 0;
  return Array.from({ length: 30 }, () => {
    const timed = random() < 0.5;
    const rate = 5 + random() * 40;
    const words = Array.from({ length: 1 + Math.floor(random() * 40) }, () => {
      const text = 'x'.repeat(random() < 0.02 ? 50 : 1 + Math.floor(random() * 9)) + (random() < 0.1 ? '.' : random() < 0.1 ? ',' : '');
      const start = now + random() * 0.3;
      now = start + text.length / rate;
      return { text, start, end: now };
    });
    const start = words[0]?.start ?? now;
    const end = now;
    now += random() < 0.3 ? random() * 5 : 0;
    const text = words.map((word) => word.text).join(' ');
    return { start, end, text, avgLogProb: -0.1, speaker: random() < 0.5 ? 'A' : 'B', ...(timed && { words }) };
  });
}

it('captions of random talk keep to lines and order, and lose nothing', () => {
  const random = seeded(7);
  for (let round = 0; round < 100; round++) {
    const segments = randomTalk(random);
    const list = captions({ segments } as unknown as Transcript, { label: (speaker) => `${speaker}: ` });
    let before = 0;
    for (const { start, end, lines } of list) {
      expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
      expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(MAX_LINE);
      expect(start).toBeGreaterThanOrEqual(before);
      expect(end).toBeGreaterThan(start);
      before = end;
    }
    const letters = (text: string) => text.replaceAll(' ', '');
    const written = list.map(({ lines }) => lines.join('').replace(/^[AB]: /, '')).join('');
    expect(letters(written)).toBe(letters(segments.map(({ text }) => text).join('')));
  }
});

it('each caption stays as long as reading takes, unless the next would come later than a second and a half behind its speech', () => {
  const random = seeded(8);
  for (let round = 0; round < 100; round++) {
    let now = 0;
    const given = Array.from({ length: 50 }, () => {
      now += random() < 0.3 ? random() * 3 : 0;
      const start = now;
      now += 0.1 + random() * 3;
      return { start, end: now, lines: ['x'.repeat(1 + Math.floor(random() * 42)), 'x'.repeat(Math.floor(random() * 42))] };
    });
    const list = readable(given);
    let hurried = 0;
    for (const [i, { start, end, lines }] of list.entries()) {
      const enough = end - start >= Math.max(MIN_DURATION, lines.join('').length / READING_SPEED) - 1e-9;
      const late = end >= (given[i + 1]?.start ?? Number.POSITIVE_INFINITY) + MAX_LAG - 1e-9;
      expect(enough || late).toBe(true);
      expect(start - (given[i]?.start ?? 0)).toBeLessThanOrEqual(MAX_LAG + 1e-9);
      hurried += enough ? 0 : 1;
    }
    expect(hurried).toBeLessThan(list.length);
  }
});
