/**
 * `pnpm screenshots [admin | jobs]`: pictures of the views of the real product in the states a person meets, each at 1280 and 360 pixels,
 * light and dark, into `screenshots/`. Made to be looked at, not compared; what axe finds in a state is told on the way.
 * The picture in the README is one of them.
 */
import { mkdir, rm } from 'node:fs/promises';
import { AppError, type Hearing, type Job, type Task, type Transcript, toTaskError } from '@bulk-transcribe/protocol';
import type { Page } from 'playwright-core';
import { TestHub } from '../packages/models/test/test-hub.ts';
import { checkpoint } from '../packages/models/test/tiny-checkpoint.ts';
import { adminStates } from './admin-states.ts';
import { ADMIN_TOKEN, adminView } from './admin-view.ts';
import { openBrowser } from './browser.ts';
import { longRecording, mixedRecordings, sampleBytes } from './media.ts';
import { picture, pictures } from './picture.ts';
import { type Product, startProduct } from './product.ts';
import { chooseFiles, reaches, row, transcribe, visit } from './visitor.ts';

const browser = await openBrowser();
if (browser) {
  await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  await using hub = await TestHub.start();
  hub.repositories.set('somebody/whisper-of-mine', checkpoint());
  const product = await startProduct({ ADMIN_TOKEN, HF_ENDPOINT: hub.url });
  try {
    const { page, context } = await visit(browser, { origin: product.origin });
    // A busy machine may take its time; nothing is measured here.
    context.setDefaultTimeout(120_000);
    if (process.argv[2] !== 'jobs') {
      await adminView(page);
      await adminStates(page);
    }
    if (process.argv[2] !== 'admin') {
      await jobsView(page);
      await transcriptView(page);
      await manyRecordings(page);
      await interruptions(page, product);
    }
  } finally {
    await browser.close();
    await product.remove();
  }
}

async function jobsView(page: Page): Promise<void> {
  await page.getByText('Your transcripts will be listed here.').waitFor();
  await picture(page, 'jobs-empty');
  await chooseFiles(page, [
    { name: 'Anna, first conversation.mp3', bytes: longRecording(3) },
    { name: 'مقابلة مع السيدة فاطمة (الجزء الأول).mp3', bytes: sampleBytes() },
    { name: 'empty.wav', bytes: Buffer.alloc(0) },
  ]);
  await page.getByRole('button', { name: 'Transcribe 2 files' }).waitFor();
  await picture(page, 'jobs-uploaded');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByLabel('Name for these options').fill('Interviews');
  await page.getByRole('button', { name: 'Save as preset' }).click();
  await picture(page, 'jobs-more', { fullPage: false });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Transcribe 2 files' }).click();
  await page.getByRole('button', { name: 'Remove empty.wav' }).click();
  await transcribe(page, mixedRecordings());
  await reaches(page, 'phone.amr', 'Failed');
  await row(page, 'ראיון עם דוד.mp3').getByRole('button', { name: 'Cancel' }).click();
  const long = row(page, '2026-03-04 hearing.mp3');
  await long.getByText('The text so far').click();
  await page.locator('.time-left').waitFor();
  await picture(page, 'jobs-running');
  await page.getByRole('button', { name: 'Delete phone.amr and 4 more' }).click();
  await picture(page, 'jobs-deleted', { fullPage: false });
  await page.getByRole('button', { name: 'Undo: bring phone.amr and 4 more back' }).click();
  await reaches(page, 'silence.au', 'Ready');
  await picture(page, 'jobs-done');
  await page.getByRole('button', { name: 'Download everything (ZIP)' }).click();
  await picture(page, 'jobs-download', { fullPage: false });
  await page.keyboard.press('Escape');
  await page.getByRole('searchbox').fill('country ask');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'In the text' }).waitFor();
  await picture(page, 'search', { fullPage: false });
  await page.getByRole('searchbox').fill('nobody says this');
  await page.keyboard.press('Enter');
  await page.getByText('No transcript has').waitFor();
  await picture(page, 'search-none', { fullPage: false });
  await page.goto('/');
}

async function transcriptView(page: Page): Promise<void> {
  await open(page, '2026-03-04 hearing.mp3');
  await picture(page, 'transcript', { fullPage: false });
  await page.getByRole('region', { name: 'Text of the recording' }).locator('.line > p').nth(3).click();
  await page.locator('.line[aria-current]').waitFor();
  await picture(page, 'transcript-playing', { fullPage: false });
  await page.keyboard.press('Space');
  await page.keyboard.press('?');
  await picture(page, 'transcript-keys', { fullPage: false });
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'All transcripts' }).click();
  await open(page, 'Anna, first conversation.mp3');
  await page.getByText('How it was made').click();
  await picture(page, 'transcript-made');
  await page.getByRole('link', { name: 'All transcripts' }).click();
  await unheard(page, 'Anna, first conversation.mp3');
  await open(page, 'silence.au');
  await page.getByText('This browser cannot play this recording.').waitFor();
  await picture(page, 'transcript-unplayable', { fullPage: false });
  await page.goto('/transcripts/01930000-0000-7000-8000-000000000000');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await picture(page, 'transcript-missing');
  await page.goto('/');
}

/** Of a transcript that does not say who speaks: how it offers to hear that, waits, hears, and fails. */
async function unheard(page: Page, name: string): Promise<void> {
  const rest = { worker: null, error: null, progress: { doneSec: 0, totalSec: null } };
  const error = toTaskError(new AppError('diarization_failed', 'The speakers could not be told apart (no memory left).'));
  const states: Readonly<Record<string, Hearing | undefined>> = {
    offered: undefined,
    waits: { ...rest, state: 'queued' },
    running: { ...rest, state: 'running', progress: { doneSec: 740, totalSec: 3520 } },
    failed: { ...rest, state: 'failed', error },
  };
  for (const [state, hearing] of Object.entries(states)) {
    await page.route('**/api/jobs', async (route) => {
      const jobs = (await (await route.fetch()).json()) as Job[];
      const withHearing = (task: Task): Task => (task.recording.name === name && hearing ? { ...task, hearing } : task);
      await route.fulfill({ json: jobs.map((job) => ({ ...job, tasks: job.tasks.map(withHearing) })) });
    });
    await page.route('**/api/tasks/*/transcript', async (route) => {
      const { speakers: _, turns: __, ...transcript } = (await (await route.fetch()).json()) as Transcript;
      await route.fulfill({ json: { ...transcript, segments: transcript.segments.map(({ speaker: ___, ...segment }) => segment) } });
    });
    await page.reload();
    await open(page, name);
    await page.getByRole('region', { name: 'Speakers' }).waitFor();
    await picture(page, `transcript-speakers-${state}`, { fullPage: false });
    await page.goto('/');
    await page.unroute('**/api/jobs');
    await page.unroute('**/api/tasks/*/transcript');
  }
}

async function manyRecordings(page: Page): Promise<void> {
  const bytes = sampleBytes();
  await transcribe(
    page,
    Array.from({ length: 200 }, (_, i) => ({ name: `interview ${String(i + 1).padStart(3, '0')}.mp3`, bytes })),
  );
  await page.getByRole('link', { name: 'Open the transcript of interview 005.mp3' }).waitFor();
  await picture(page, 'jobs-200', { fullPage: false });
  await page.getByRole('button', { name: 'Delete interview 001.mp3 and 199 more' }).click();
  await row(page, 'interview 005.mp3').waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('heading', { name: 'Transcripts' }).waitFor();
}

async function interruptions(page: Page, product: Product): Promise<void> {
  await product.kill();
  await page.getByText('No connection to Bulk Transcribe.').waitFor();
  await picture(page, 'jobs-connection-lost', { fullPage: false });
  const started = product.start();
  await page.getByText('Not ready to transcribe yet.').waitFor();
  // The state lasts a second or two: the page hears of its end only after the pictures.
  await page.route('**/api/system', (route) => started.then(() => route.continue()));
  await picture(page, 'jobs-not-ready', { fullPage: false });
  await started;
  await page.getByText('Not ready to transcribe yet.').waitFor({ state: 'detached' });
}

async function open(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: `Open the transcript of ${name}` }).click();
  await page.getByText('How it was made').waitFor();
}
