/** The page of all recordings: files come in, are worked on, are ready or fail, and go again, in every tab. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorTable } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describePages } from './describe-pages.ts';
import { fileOf, temporaryFolder } from './files-on-disk.ts';
import { longRecording, notARecording, sampleBytes } from './media.ts';
import { holdEngine } from './processes.ts';
import { drop, reaches, row, startSample, transcribe } from './visitor.ts';

const name = sampleRecording.name;
const long = { name: 'long interview.mp3', bytes: longRecording(75) };

describePages('the pages', {}, ({ visitor, product }) => {
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
    const answer = await holdChanges(page);
    await page.keyboard.press('Enter');
    const look = speakers.getByRole('button', { name: 'Same voices in this job' });
    const place = await look.boundingBox();
    await look.click();
    await speakers.getByText('Speaker 1 sounds like Speaker 1 in second.mp3.').waitFor();
    answer();
    await speakers.getByText('Kennedy sounds like Speaker 1 in second.mp3.').waitFor();
    // What moves away under the pointer is not pressed.
    expect(await look.boundingBox()).toEqual(place);
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
    const goOn = holdEngine(product().pid());
    await page.reload();
    await reaches(page, long.name, 'Transcribing');
    await expect.poll(() => row(page, long.name).getByRole('progressbar').getAttribute('aria-valuetext')).toMatch(/^\d+:\d\d of 12:\d\d$/);
    await expect.poll(() => page.title()).toMatch(/^\d+ % · Bulk Transcribe$/);
    await row(page, long.name).getByText('The text so far').click();
    expect(await row(page, long.name).locator('.preview').textContent()).toContain('my fellow Americans');
    goOn();
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

  it('say that the connection is lost, and catch up by themselves', async () => {
    const { page, complaints } = await visitor();
    const call = { name: 'call.mp3', bytes: longRecording(16) };
    await transcribe(page, [call]);
    await reaches(page, call.name, '(Waiting|Starting|Reading|Finding|Transcribing)');
    await product().kill();
    await page.getByText('No connection to Bulk Transcribe.').waitFor();
    await product().start();
    await page.getByText('No connection to Bulk Transcribe.').waitFor({ state: 'detached' });
    await reaches(page, call.name, 'Ready');
    // The browser tells of every request that nobody answered.
    expect(complaints.splice(0).filter((text) => !/ERR_(CONNECTION|INCOMPLETE|EMPTY|NETWORK)|503/.test(text))).toEqual([]);
  });
});

/** What the browser tells a page when another tab comes before it, and when it is in front again. */
const showTab = (page: Page, shown: boolean): Promise<unknown> =>
  page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${!shown}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
  );

/** Changes of transcripts wait until what it gives is called. */
async function holdChanges(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route('**/transcript', async (route) => {
    if (route.request().method() === 'PATCH') await promise;
    await route.continue();
  });
  return resolve;
}
