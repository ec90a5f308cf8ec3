/** Somebody with a browser: a fresh session, and a record of everything the browser complains about. */
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console said, errors and warnings, violations of the content security policy included. */
  readonly complaints: string[];
  /** Another tab of the same browser. */
  newTab(): Promise<Page>;
}

/** Longest wait for anything, milliseconds: a machine may have other things to do. */
const PATIENCE_MS = 120_000;
/** The slowest that browsers play at. */
const SLOWEST = 1 / 16;

interface VisitorOptions extends BrowserContextOptions {
  readonly origin: string;
}

export async function visit(browser: Browser, { origin, ...options }: VisitorOptions): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const newTab = async () => {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
    await page.goto('/');
    return page;
  };
  return { context, complaints, newTab, page: await newTab() };
}

/** Deletes what the visitor has, so that none of it runs on beside the next test, and closes the browser window. */
export async function leave({ context }: Visitor): Promise<void> {
  await context.request.delete('/api/session/data');
  await context.close();
}

/** The row of a recording among the transcripts or the new recordings. */
export const row = (page: Page, name: string): Locator => page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });

/** Waits until the row's state begins with these words. */
export const reaches = (page: Page, name: string, state: string): Promise<void> =>
  row(page, name)
    .locator('.row-state')
    .filter({ hasText: new RegExp(`^${state}`) })
    .waitFor();

export async function startSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try it with a sample recording' }).click();
}

interface NamedBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

export async function chooseFiles(page: Page, files: readonly NamedBytes[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Choose files' }).click()]);
  await chooser.setFiles(files.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: bytes })));
}

/** Chooses files and starts the job once all are stored. */
export async function transcribe(page: Page, files: readonly NamedBytes[]): Promise<void> {
  await chooseFiles(page, files);
  await page.getByRole('button', { name: new RegExp(`^Transcribe ${files.length} files?$`) }).click();
}

/** Drops files or folders of this machine on the middle of the page, as a person would. */
export async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await client.send('Input.dispatchDragEvent', { type, x: 400, y: 500, data });
  }
  await client.detach();
}

/** Where the player is, and whether it plays. */
export const playback = (page: Page): Promise<{ time: number; playing: boolean }> =>
  page.locator('audio').evaluate((audio: { currentTime: number; paused: boolean }) => ({ time: audio.currentTime, playing: !audio.paused }));

/** The player goes so slowly from now on that where it was put is where it is, however long a test takes to look. */
export const playSlowly = (page: Page): Promise<void> =>
  page.locator('audio').evaluate((audio: { defaultPlaybackRate: number; playbackRate: number }, rate) => {
    audio.defaultPlaybackRate = rate;
    audio.playbackRate = rate;
  }, SLOWEST);

export const words = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .split(/\s+/)
    .filter(Boolean);
