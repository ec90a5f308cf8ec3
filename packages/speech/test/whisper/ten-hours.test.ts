/** Ten hours of windows through the whole of Whisper's part, with a model that says where it is. */
import { expect, it } from 'vitest';
import { RATE } from '../media.ts';
import { never, recogniser, windowAt } from './scripted-windows.ts';

const HOURS = 10;
const WINDOW = 30;
const BATCH = 8;
const starts = Array.from({ length: (HOURS * 3600) / WINDOW }, (_, index) => index * WINDOW);

it('in ten hours every text has its place: none is lost, doubled or moved, and no time is off', async () => {
  // Each window ends its text early, so that what is left of it is asked for in its turn.
  const { recognise } = recogniser(({ mark, from }) =>
    from === 0 ? { text: `<0> s${mark}a.<10><10> s${mark}b.<20>` } : { text: `<${from}> s${mark - (mark % WINDOW)}c.<29.5>` },
  );
  const heard: string[] = [];
  for (let at = 0; at < starts.length; at += BATCH) {
    const windows = starts.slice(at, at + BATCH).map((start) => windowAt(start, WINDOW, [0, 19], [20.5, 29.5]));
    for (const { segments = [] } of await recognise(windows, never)) {
      for (const { start, end, text } of segments) heard.push(`${(start / RATE).toFixed(2)}-${(end / RATE).toFixed(2)} ${text}`);
    }
  }
  const at = (start: number, from: number, to: number) => `${(start + from).toFixed(2)}-${(start + to).toFixed(2)}`;
  const expected = starts.flatMap((start) => [
    `${at(start, 0, 10)} s${start}a.`,
    `${at(start, 10, 19.2)} s${start}b.`,
    `${at(start, 20.3, 29.5)} s${start}c.`,
  ]);
  expect(heard).toEqual(expected);
});
