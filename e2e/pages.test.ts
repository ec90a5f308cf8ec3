/** The pages of the real product, in a real browser: every test is a visitor with a session of its own. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { errorTable, type Job } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { seriousProblems } from './accessibility.ts';
import { openBrowser } from './browser.ts';
import { longRecording, notARecording, sampleBytes, unplayableSilence } from './media.ts';
import { type Product, startProduct } from './product.ts';
import { drop, leave, playback, reaches, row, startSample, transcribe, type Visitor, visit, words } from './visitor.ts';

const browser: Browser | null = await openBrowser();
let product: Product;
const visitors: Visitor[] = [];

/** A visitor; unless the test takes complaints out of the list, the browser must not have made any. */
async function visitor(options: BrowserContextOptions = {}): Promise<Visitor> {
  if (!browser) throw new Error('Without a browser no test runs.');
  const opened = await visit(browser, { origin: product.origin, ...options });
  visitors.push(opened);
  return opened;
}

const name = sampleRecording.name;
const long = { name: 'long interview.mp3', bytes: longRecording(75) };

describe.skipIf(browser === null)('the pages', () => {
  beforeAll(async () => {
    product = await startProduct();
  });

  afterEach(async () => {
    const complaints = visitors.flatMap((one) => one.complaints);
    await Promise.all(visitors.splice(0).map(leave));
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await product.remove();
  });

  it('make a transcript of the sample, word for word, that can be heard from a line on and downloaded', async () => {
    const { page } = await visitor();
    await page.getByText(sampleRecording.origin).waitFor();
    await startSample(page);
    await reaches(page, name, 'Ready');
    await page.getByRole('link', { name: `Open the transcript of ${name}` }).click();
    const text = page.getByRole('region', { name: 'Text of the recording' });
    await text.waitFor();
    const lines = await text.locator('.line > p').allInnerTexts();
    expect(words(lines.join(' '))).toEqual(words(sampleRecording.text));

    const line = text.locator('.line').last();
    const start = seconds(await line.getByRole('button', { name: /^Play from/ }).textContent());
    await line.locator('p').click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await expect.poll(async () => (await playback(page)).time).toBeGreaterThan(start);
    expect((await playback(page)).time).toBeLessThan(start + 3);
    await expect.poll(() => line.getAttribute('aria-current')).toBe('true');

    await page.getByRole('button', { name: 'Download', exact: true }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Text (.txt)' }).click()]);
    expect(download.suggestedFilename()).toBe(name.replace(/mp3$/, 'txt'));
    expect((await readFile(await download.path(), 'utf8')).trim().split(/\s+/)).toEqual(lines.join(' ').split(/\s+/));

    await page.getByRole('link', { name: 'All transcripts' }).click();
    await page.getByRole('searchbox', { name: 'Search in all transcripts' }).fill('country FELLOW');
    await page.keyboard.press('Enter');
    const found = page.getByRole('region', { name: 'In the text' });
    await expect.poll(async () => words((await found.locator('mark').allInnerTexts()).join(' '))).toContain('country');
    await page.reload();
    await found
      .getByRole('link', { name: /^0:\d\d / })
      .last()
      .click();
    await expect.poll(() => page.locator('.line').last().getAttribute('aria-current')).toBe('true');
    expect(await playback(page)).toMatchObject({ playing: false, time: expect.closeTo(start, 0) });
    await page.goBack();
    await page.getByRole('searchbox').fill('nobodysaysthis');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByText('No transcript has').waitFor();
  });

  it('let a person correct lines and speakers, find words, and take a correction back; another tab does not write over it', async () => {
    const { page, complaints, newTab } = await visitor();
    await startSample(page);
    await reaches(page, name, 'Ready');
    await page.getByRole('link', { name: `Open the transcript of ${name}` }).click();
    const text = page.getByRole('region', { name: 'Text of the recording' });
    const edit = (nth: number) => page.getByRole('button', { name: /^Correct the line at/ }).nth(nth);
    const other = await newTab();
    await other.goto(page.url());
    await other.getByRole('region', { name: 'Text of the recording' }).waitFor();

    await edit(0).click();
    await page.getByLabel('Text of this line').fill('And so, fellow citizens of Zürich:');
    await page.getByLabel('Who speaks').selectOption('Somebody else…');
    await page.getByLabel('Name of the speaker').fill('The president');
    await page.getByRole('button', { name: 'Save' }).click();
    await text.getByText('And so, fellow citizens of Zürich:').waitFor();
    await page.getByRole('button', { name: 'Rename The president' }).click();
    await page.getByLabel('Name of The president').fill('Kennedy');
    await page.keyboard.press('Enter');
    await expect.poll(() => text.locator('.speaker').allInnerTexts()).toEqual(['Kennedy']);

    const taskId = page.url().split('/').at(-1);
    const exported = await page.request.get(`/api/tasks/${taskId}/export?format=txt`);
    expect(await exported.text()).toMatch(/Kennedy[\s\S]*And so, fellow citizens of Zürich:/);

    await page.locator('body').press('/');
    await page.keyboard.type('zürich');
    await page.getByText('1 of 1').waitFor();
    await expect.poll(() => text.locator('mark').allInnerTexts()).toEqual(['Zürich']);

    await other
      .getByRole('button', { name: /^Correct the line at/ })
      .last()
      .click();
    await other.getByLabel('Text of this line').fill('This must not be kept.');
    await other.getByRole('button', { name: 'Save' }).click();
    await other.getByText('was changed in another tab').waitFor();
    await other.getByText('And so, fellow citizens of Zürich:').waitFor();

    const undo = page.getByRole('button', { name: 'Undo the last correction' });
    await undo.click();
    await expect.poll(() => text.locator('.speaker').allInnerTexts()).toEqual(['The president']);
    await undo.click();
    await expect.poll(() => text.locator('.speaker').count()).toBe(0);
    expect(words((await text.locator('.line > p').allInnerTexts()).join(' '))).toEqual(words(sampleRecording.text));
    expect(complaints.splice(0).filter((complaint) => !/\b409\b/.test(complaint))).toEqual([]);
  });

  it('tell the speakers of a finished transcript apart, with its corrections in place, or say why not', async () => {
    const { page, complaints } = await visitor();
    await startSample(page);
    await reaches(page, name, 'Ready');
    await page.getByRole('link', { name: `Open the transcript of ${name}` }).click();
    const text = page.getByRole('region', { name: 'Text of the recording' });
    await page
      .getByRole('button', { name: /^Correct the line at/ })
      .first()
      .click();
    await page.getByLabel('Text of this line').fill('And so, fellow citizens of Zürich:');
    await page.getByRole('button', { name: 'Save' }).click();

    const speakers = page.getByRole('region', { name: 'Speakers' });
    await speakers.getByText('This transcript does not say who speaks.').waitFor();
    const [job] = (await (await page.request.get('/api/jobs')).json()) as Job[];
    const file = path.join(product.dataRoot, 'recordings', job?.tasks[0]?.recording.id ?? '');
    await rename(file, `${file}-away`);
    await speakers.getByRole('button', { name: 'Tell speakers apart' }).click();
    await page.getByText('the recording itself is not here any more').waitFor();
    expect(complaints.splice(0).filter((complaint) => !/\b409\b/.test(complaint))).toEqual([]);
    await rename(`${file}-away`, file);

    await speakers.getByRole('button', { name: 'Tell speakers apart' }).click();
    await speakers.getByRole('button', { name: 'Rename Speaker 1' }).waitFor();
    await speakers.getByRole('button', { name: 'How many: 1' }).waitFor();
    await expect.poll(() => text.locator('.speaker').allInnerTexts()).toEqual(['Speaker 1']);
    await text.getByText('And so, fellow citizens of Zürich:').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
  });

  it('take several files from the file dialog and make one job of them', async () => {
    const { page } = await visitor();
    await transcribe(page, [
      { name: 'first.mp3', bytes: sampleBytes() },
      { name: 'second.mp3', bytes: sampleBytes() },
    ]);
    await reaches(page, 'first.mp3', 'Ready');
    await reaches(page, 'second.mp3', 'Ready');
    await page.getByText('2 files · ready').waitFor();
    expect(await page.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(['first.mp3 and 1 more']);
    await expect.poll(() => page.title()).toBe('Bulk Transcribe');
    await page.getByRole('button', { name: 'Download the transcript of second.mp3' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Subtitles (.srt)' }).click()]);
    expect(download.suggestedFilename()).toBe('second.srt');
    expect(await readFile(await download.path(), 'utf8')).toMatch(/^1\n00:00:00,\d{3} --> /);
    await page.getByRole('button', { name: 'Download all of first.mp3 and 1 more as a ZIP file' }).click();
    const [zip] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Word (.docx)' }).click()]);
    expect(zip.suggestedFilename()).toBe('first.mp3 and 1 more.zip');
    expect(await readFile(await zip.path(), 'latin1')).toMatch(/^PK[\s\S]*first\.docx[\s\S]*second\.docx/);
    await page.getByRole('button', { name: 'Download everything' }).waitFor();

    await page.getByRole('link', { name: 'Open the transcript of first.mp3' }).click();
    const speakers = page.getByRole('region', { name: 'Speakers' });
    await speakers.getByRole('button', { name: 'Rename Speaker 1' }).click();
    await page.getByLabel('Name of Speaker 1').fill('Kennedy');
    await page.keyboard.press('Enter');
    await speakers.getByRole('button', { name: 'Same voices in this job' }).click();
    await speakers.getByText('Kennedy sounds like Speaker 1 in second.mp3.').waitFor();
    await speakers.getByRole('button', { name: 'Name Kennedy there too' }).click();
    await speakers.getByText('Kennedy sounds like Kennedy in second.mp3.').waitFor();
    await speakers.getByRole('button', { name: 'How many: 1' }).click();
    await page.getByRole('menuitemradio', { name: '2', exact: true }).click();
    await speakers.getByRole('button', { name: 'How many: 2' }).waitFor();
    expect(await speakers.getByRole('listitem').count()).toBe(2);
    await speakers.getByRole('button', { name: 'Rename Kennedy' }).waitFor();
  });

  it('take a dropped folder, name the job after it and leave out what is no recording', async () => {
    const { page } = await visitor();
    const folder = path.join(await temporaryFolder(), 'Interviews');
    await mkdir(folder);
    await writeFile(path.join(folder, 'مقابلة.mp3'), sampleBytes());
    await writeFile(path.join(folder, 'notes.txt'), 'not a recording');
    await drop(page, [folder]);
    await page.getByText('1 file in the folder left out').waitFor();
    await page.getByText('English only until another model is installed').waitFor();
    await page.getByRole('button', { name: 'Transcribe 1 file' }).click();
    await reaches(page, 'مقابلة.mp3', 'Ready');
    await page.getByRole('heading', { name: 'Interviews' }).waitFor();
  });

  it('keep uploaded files and running work across a reload, and show the text so far', async () => {
    const { page } = await visitor();
    await drop(page, [await fileOf(long)]);
    await page.getByRole('button', { name: 'Transcribe 1 file' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Transcribe 1 file' }).click();
    await page.getByText('The text so far').click();
    await page.reload();
    await reaches(page, long.name, 'Transcribing');
    await expect.poll(() => row(page, long.name).getByRole('progressbar').getAttribute('aria-valuetext')).toMatch(/^\d+:\d\d of 12:\d\d$/);
    await expect.poll(() => page.title()).toMatch(/^\d+ % · Bulk Transcribe$/);
    await row(page, long.name).getByText('The text so far').click();
    expect(await row(page, long.name).locator('.preview').textContent()).toContain('my fellow Americans');
  });

  it('show the same in two tabs: start, cancel, try again, delete', async () => {
    const { page: first, newTab } = await visitor();
    const second = await newTab();
    await transcribe(first, [long]);
    await row(second, long.name)
      .getByRole('button', { name: `Cancel ${long.name}` })
      .click();
    await reaches(first, long.name, 'Cancelled');
    await row(first, long.name)
      .getByRole('button', { name: `Try again: ${long.name}` })
      .click();
    await reaches(second, long.name, 'Transcribing');
    await second.getByRole('button', { name: `Delete ${long.name}` }).click();
    await expect.poll(() => row(second, long.name).count()).toBe(0);
    await second.getByRole('button', { name: `Undo: bring ${long.name} back` }).click();
    await row(second, long.name).waitFor();
    await second.getByRole('button', { name: `Delete ${long.name}` }).click();
    await second.getByText('Your transcripts will be listed here.').waitFor();
    // Who leaves the page does not take it back any more.
    await second.reload();
    await first.getByText('Your transcripts will be listed here.').waitFor();
    await second.getByText('Your transcripts will be listed here.').waitFor();
  });

  it('give the stream of events back in the background, and catch up when they are looked at again', async () => {
    const { page, newTab } = await visitor();
    const other = await newTab();
    await page.getByText('Your transcripts will be listed here.').waitFor();
    const closed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/events'));
    await showTab(page, false);
    await closed;
    await startSample(other);
    await reaches(other, name, 'Ready');
    expect(await row(page, name).count()).toBe(0);
    await showTab(page, true);
    await reaches(page, name, 'Ready');
  });

  it('say what is wrong with a file that is no recording, and what to do', async () => {
    const { page } = await visitor();
    await transcribe(page, [{ name: 'broken.mp3', bytes: notARecording() }]);
    await reaches(page, 'broken.mp3', 'Failed');
    const broken = row(page, 'broken.mp3');
    await broken.getByText(errorTable.media_unreadable.hint).waitFor();
    await broken.getByRole('button', { name: 'Try again: broken.mp3' }).click();
    await reaches(page, 'broken.mp3', '(Waiting|Starting|Reading|Transcribing|Failed)');
    await reaches(page, 'broken.mp3', 'Failed');
  });

  it('refuse an empty file at once, and send a failed one again', async () => {
    const { page, complaints } = await visitor();
    const refusal = { error: { code: 'disk_full', message: 'The disk is full.', hint: errorTable.disk_full.hint } };
    await page.route('**/api/uploads', (route) => route.fulfill({ status: 507, json: refusal }), { times: 1 });
    await drop(page, [await fileOf({ name: 'refused.mp3', bytes: sampleBytes() })]);
    const refused = row(page, 'refused.mp3');
    await refused.getByText('The disk is full.').waitFor();
    await refused.getByRole('button', { name: 'Send again: refused.mp3' }).click();
    await reaches(page, 'refused.mp3', 'Uploaded');
    await drop(page, [await fileOf({ name: 'empty.mp3', bytes: Buffer.alloc(0) })]);
    await row(page, 'empty.mp3').getByText('This file is empty.').waitFor();
    expect(await row(page, 'empty.mp3').getByRole('button', { name: /again/ }).count()).toBe(0);
    await row(page, 'empty.mp3').getByRole('button', { name: 'Remove empty.mp3' }).click();
    await expect.poll(() => row(page, 'empty.mp3').count()).toBe(0);
    // The browser tells of the request that was refused, and of the question whether the file is known.
    expect(complaints.splice(0).filter((text) => !/\b(507|404)\b/.test(text))).toEqual([]);
  });

  it('keep the text of a recording that the browser cannot play, and say so where nobody speaks', async () => {
    const { page, complaints } = await visitor();
    await transcribe(page, [{ name: 'silence.au', bytes: unplayableSilence() }]);
    await reaches(page, 'silence.au', 'Ready');
    await row(page, 'silence.au').getByRole('link', { name: 'Open the transcript of silence.au' }).click();
    await page.getByText('No speech was found in this recording.').waitFor();
    await page.getByText('This browser cannot play this recording.').waitFor();
    await page.getByRole('button', { name: 'Download', exact: true }).waitFor();
    complaints.length = 0;
  });

  it('are private: another browser finds neither the list nor the transcript', async () => {
    const { page } = await visitor();
    await startSample(page);
    await reaches(page, name, 'Ready');
    await page.getByRole('link', { name: `Open the transcript of ${name}` }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    const address = page.url();
    await page.goBack();
    await row(page, name).waitFor();
    await page.goForward();
    await page.reload();
    await page.getByRole('region', { name: 'Text of the recording' }).waitFor();
    const { page: stranger } = await visitor();
    await stranger.getByText('Your transcripts will be listed here.').waitFor();
    await stranger.goto(address);
    await stranger.getByRole('heading', { name: 'This transcript is not here' }).waitFor();
  });

  it('work with the keyboard alone', async () => {
    const { page } = await visitor();
    await page.getByText('Your transcripts will be listed here.').waitFor();
    await tabTo(page, 'Try it with a sample recording');
    await page.keyboard.press('Enter');
    await reaches(page, name, 'Ready');
    await tabTo(page, `Open the transcript of ${name}`);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await page.keyboard.press('Space');
    await expect.poll(async () => (await playback(page)).time).toBeGreaterThan(0);
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await playback(page)).time).toBeGreaterThan(5);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => (await playback(page)).time).toBeLessThan(5);
    await page.keyboard.press('Space');
    expect((await playback(page)).playing).toBe(false);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await tabTo(page, 'All transcripts');
    await page.keyboard.press('Enter');
    await row(page, name).waitFor();
  });

  it('keep the keyboard where it is when the control under it goes', async () => {
    const { page } = await visitor();
    const focused = () => page.evaluate<string>("document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName");
    await transcribe(page, [long]);
    await row(page, long.name)
      .getByRole('button', { name: `Cancel ${long.name}` })
      .focus();
    await page.keyboard.press('Enter');
    await reaches(page, long.name, 'Cancelled');
    await expect.poll(focused).toBe(`Try again: ${long.name}`);
    await page.getByRole('button', { name: `Delete ${long.name}` }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Your transcripts will be listed here.').waitFor();
    await expect.poll(() => page.evaluate<string>("document.activeElement.getAttribute('aria-labelledby')")).toBe('jobs-title');
  });

  it.each(['light', 'dark'] as const)('have no serious accessibility problem, %s', async (colorScheme) => {
    const { page } = await visitor({ colorScheme });
    await page.getByText('Your transcripts will be listed here.').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await transcribe(page, [{ name: 'broken.mp3', bytes: notARecording() }, { name: 'good.mp3', bytes: sampleBytes() }, long]);
    await drop(page, [await fileOf({ name: 'new.mp3', bytes: sampleBytes() })]);
    await reaches(page, 'good.mp3', 'Ready');
    await row(page, long.name).getByText('The text so far').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await page.getByRole('link', { name: 'Open the transcript of good.mp3' }).click();
    await page.getByRole('region', { name: 'Text of the recording' }).locator('.line').first().click();
    await page.getByText('How it was made').click();
    expect(await seriousProblems(page)).toEqual([]);
  });

  it.each([
    ['360 pixels', 360],
    ['200 % zoom', 640],
  ])('never scroll sideways at %s', async (_, width) => {
    const { page } = await visitor({ viewport: { width, height: 700 } });
    const longName = `${'a_long_name_without_blanks_'.repeat(8)}.mp3`;
    await transcribe(page, [{ name: longName, bytes: sampleBytes() }]);
    await reaches(page, longName, 'Ready');
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await row(page, longName)
      .getByRole('link', { name: `Open the transcript of ${longName}` })
      .click();
    await page.getByRole('region', { name: 'Text of the recording' }).waitFor();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  it('say that the connection is lost, and catch up by themselves', async () => {
    const { page, complaints } = await visitor();
    const call = { name: 'call.mp3', bytes: longRecording(8) };
    await transcribe(page, [call]);
    await reaches(page, call.name, 'Transcribing');
    await product.kill();
    await page.getByText('No connection to Bulk Transcribe.').waitFor();
    await product.start();
    await page.getByText('No connection to Bulk Transcribe.').waitFor({ state: 'detached' });
    await reaches(page, call.name, 'Ready');
    // The browser tells of every request that nobody answered.
    expect(complaints.splice(0).filter((text) => !/ERR_(CONNECTION|INCOMPLETE|EMPTY|NETWORK)|503/.test(text))).toEqual([]);
  });
});

/** `0:08` → 8. */
const seconds = (clock: string | null): number => (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

const overflow = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Presses Tab until the focus is on the control with this name. */
async function tabTo(page: Page, label: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()");
    if (focused === label) return;
  }
  throw new Error(`Forty presses of Tab did not reach "${label}".`);
}

/** What the browser tells a page when another tab comes before it, and when it is in front again. */
const showTab = (page: Page, shown: boolean): Promise<unknown> =>
  page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${!shown}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
  );

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bulk-transcribe-files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function fileOf({ name: fileName, bytes }: { name: string; bytes: Buffer }): Promise<string> {
  const file = path.join(await temporaryFolder(), fileName);
  await writeFile(file, bytes);
  return file;
}
