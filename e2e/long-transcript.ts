/**
 * `pnpm bench:page`: a generated transcript of ten hours (90,000 words, 6 speakers) in the real page: how long it takes to open, whether a
 * fast scroll shows a place without text, and the memory of the page. One line of figures (Linux); ends with 1 where a promise is broken.
 */
import type { Segment, Transcript } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { blankTurns, measureProduct, pageMemory } from './page-figures.ts';

const HOURS = 10;
const WORDS = 90_000;
const WORDS_PER_LINE = 10;
const SPEAKERS = 6;
const LINES_PER_TURN = 7;
const LINES = WORDS / WORDS_PER_LINE;
const LINE_SEC = (HOURS * 3600) / LINES;
const VOCABULARY = 'so when we came to the river there was nobody left who could have told us how long it had been raining'.split(' ');
/** Turns of the wheel of one window height each. */
const WHEEL_TURNS = 120;
/** The promises: seconds, and bytes. */
const MOST_OPEN_SEC = 2;
const MOST_BYTES = 300_000_000;

function line(_: unknown, i: number): Segment {
  const words = Array.from({ length: WORDS_PER_LINE }, (__, k) => VOCABULARY[(i * 7 + k * k) % VOCABULARY.length]);
  const speaker = `S${1 + (Math.floor(i / LINES_PER_TURN) % SPEAKERS)}`;
  return { start: i * LINE_SEC, end: (i + 0.95) * LINE_SEC, text: `${words.join(' ')}.`, avgLogProb: -0.2, speaker };
}

const long = (base: Transcript): Transcript => ({
  ...base,
  ...{ durationSec: HOURS * 3600, speechSec: HOURS * 3600, segments: Array.from({ length: LINES }, line) },
  speakers: Array.from({ length: SPEAKERS }, (_, i) => ({ id: `S${i + 1}`, name: null, seconds: (HOURS * 3600) / SPEAKERS })),
});

await measureProduct(async (browser, page) => {
  await page.route('**/api/tasks/*/transcript', async (route) => route.fulfill({ json: long((await (await route.fetch()).json()) as Transcript) }));
  const before = performance.now();
  await page.getByRole('link', { name: `Open the transcript of ${sampleRecording.name}` }).click();
  await page.locator('.line').first().waitFor();
  const openSec = (performance.now() - before) / 1000;
  const blank = await blankTurns(page, WHEEL_TURNS, '.text-place');
  const bytes = await pageMemory(browser, page);
  const nodes = await page.evaluate<number>("document.querySelectorAll('*').length");
  console.log(
    `${LINES} lines, ${WORDS} words: opened in ${openSec.toFixed(2)} s, ${blank} of ${WHEEL_TURNS + 1} frames without text, ${(bytes / 1e6).toFixed(0)} MB of memory, ${nodes} elements`,
  );
  if (openSec > MOST_OPEN_SEC || blank > 0 || bytes > MOST_BYTES) process.exitCode = 1;
});
