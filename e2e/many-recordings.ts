/**
 * `pnpm bench:jobs`: 2,000 recordings in the real jobs page, as one batch and as 200 batches: how long it takes to show them, how
 * long a change takes until it is drawn, whether a fast scroll shows a place without a row, and the memory of the page. Ends with 1
 * where a promise is broken. Linux.
 */
import type { Job, Task } from '@bulk-transcribe/protocol';
import type { Page } from 'playwright-core';
import { blankTurns, measureProduct, pageMemory } from './page-figures.ts';

const RECORDINGS = 2000;
const WHEEL_TURNS = 60;
/** The promises: seconds, and bytes. */
const MOST_SHOW_SEC = 3;
const MOST_CHANGE_SEC = 0.5;
const MOST_BYTES = 300_000_000;

const STATES = ['succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled'] as const;
const idOf = (n: number): string => `01930000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** The recordings of a real job over and over, in `batches` jobs of the same size. */
function jobsLike(job: Job, batches: number): Job[] {
  const [task] = job.tasks as [Task];
  const perBatch = RECORDINGS / batches;
  return Array.from({ length: batches }, (_, batch) => {
    const id = idOf(900_000_000 - batch);
    const tasks = Array.from({ length: perBatch }, (__, i): Task => {
      const n = batch * perBatch + i;
      const recording = { ...task.recording, id: idOf(n), name: `interview ${n + 1}.mp3` };
      return { ...task, id: idOf(1_000_000 + n), jobId: id, state: STATES[n % STATES.length] ?? 'succeeded', recording };
    });
    return { ...job, id, name: `Batch ${batch + 1}`, tasks };
  });
}

/** From the click until the page draws the next frame without the job's row. */
async function secondsOfChange(page: Page): Promise<number> {
  const before = performance.now();
  await page.getByRole('button', { name: 'Delete Batch 1', exact: true }).click();
  await page.getByRole('button', { name: 'Undo: bring Batch 1 back' }).waitFor();
  return (performance.now() - before) / 1000;
}

await measureProduct(async (browser, page) => {
  for (const batches of [1, 200]) {
    // The page asks once more when its stream of events is open.
    await page.route('**/api/jobs', async (route) => route.fulfill({ json: jobsLike(((await (await route.fetch()).json()) as [Job])[0], batches) }));
    const before = performance.now();
    await page.reload();
    await page.getByText('interview 1.mp3').waitFor();
    const showSec = (performance.now() - before) / 1000;
    const blank = await blankTurns(page, WHEEL_TURNS, '.job');
    const bytes = await pageMemory(browser, page);
    const rows = await page.locator('.row').count();
    await page.evaluate('scrollTo(0, 0)');
    const changeSec = await secondsOfChange(page);
    const figures = `shown in ${showSec.toFixed(2)} s, a change in ${changeSec.toFixed(2)} s, ${blank} of ${WHEEL_TURNS + 1} frames without a row`;
    console.log(`${RECORDINGS} recordings in ${batches} batches: ${figures}, ${(bytes / 1e6).toFixed(0)} MB of memory, ${rows} rows drawn`);
    if (showSec > MOST_SHOW_SEC || changeSec > MOST_CHANGE_SEC || blank > 0 || bytes > MOST_BYTES) process.exitCode = 1;
    await page.getByRole('button', { name: 'Undo: bring Batch 1 back' }).click();
    await page.unroute('**/api/jobs');
  }
});
