/** The whole way of a person with a folder of recordings and a deadline: dropped, watched, read, corrected, found, downloaded. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { exportFormats } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { seriousProblems } from './accessibility.ts';
import { openBrowser } from './browser.ts';
import { holdEngine } from './processes.ts';
import { type Product, startProduct } from './product.ts';
import { drop, reaches, row, type Visitor, visit } from './visitor.ts';

const FILES = 12;
const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
const browser = await openBrowser();

/** In a tab that is out of sight, of somebody who allows notifications; no browser without a screen shows any. */
const LOOKED_AWAY = `
  globalThis.notified = [];
  globalThis.Notification = class {
    static permission = 'granted';
    static requestPermission = async () => 'granted';
    constructor(title) { notified.push(title); }
  };
  Object.defineProperty(document, 'hidden', { value: true });`;

/** Short recordings of different people where there are some, else the sample again and again. */
async function folderOfRecordings(): Promise<string> {
  const place = await mkdtemp(path.join(os.tmpdir(), 'bulk-transcribe-way-'));
  onTestFinished(() => rm(place, { recursive: true, force: true }));
  const folder = path.join(place, 'Hearing');
  await mkdir(folder);
  const speech = devData && path.join(devData, 'audio/librispeech');
  const sources = speech ? await smallest(speech) : Array<string>(FILES).fill(sampleRecording.path);
  for (const [i, source] of sources.slice(0, FILES).entries())
    await copyFile(source, path.join(folder, `${String(i + 1).padStart(2, '0')} témoin${path.extname(source)}`));
  return folder;
}

async function smallest(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).map((name) => path.join(folder, name));
  const sized = await Promise.all(files.map(async (file) => ({ file, size: (await stat(file)).size })));
  return sized.toSorted((a, b) => a.size - b.size).map(({ file }) => file);
}

/** The corrected text is in every format, however its lines are broken; documents are read in the tests of the package that writes them. */
async function assertExports(page: Page, taskId: string): Promise<void> {
  for (const format of exportFormats) {
    const answer = await page.request.get(`/api/tasks/${taskId}/export?format=${format}`);
    const bytes = await answer.body();
    expect(answer.headers()['content-disposition'], format).toContain(`.${format}`);
    if (format === 'docx') expect(bytes.toString('latin1', 0, 2)).toBe('PK');
    else if (format === 'pdf') expect(bytes.toString('latin1', 0, 5)).toBe('%PDF-');
    else if (format === 'rttm') expect(bytes.toString()).toMatch(/^SPEAKER /);
    else expect(bytes.toString().replaceAll(/\s+/g, ' '), format).toContain('By hand, “word for word” → 100 %.');
  }
}

describe.skipIf(browser === null)('a folder of twelve recordings', () => {
  let product: Product;
  let visitor: Visitor;
  let names: string[];

  beforeAll(async () => {
    if (!browser) return;
    product = await startProduct();
    visitor = await visit(browser, { origin: product.origin });
  });

  afterAll(async () => {
    await browser?.close();
    await product.remove();
  });

  it('is dropped and transcribed, over a reload and in two tabs', async () => {
    const { page, newTab } = visitor;
    const folder = await folderOfRecordings();
    names = (await readdir(folder)).toSorted();
    await drop(page, [folder]);
    const goOn = holdEngine(product.pid());
    await page.getByRole('button', { name: `Transcribe ${FILES} files` }).click();
    const other = await newTab();
    await other.evaluate(LOOKED_AWAY);
    await other.getByRole('button', { name: 'Tell me when a batch is through' }).click();
    goOn();
    await reaches(page, names[0] ?? '', '(Transcribing|Finding|Ready)');
    await page.reload();
    await page.getByText(`${FILES} files · ready`).waitFor();
    await other.getByText(`${FILES} files · ready`).waitFor();
    await expect.poll(() => other.evaluate('[document.title, ...notified]')).toEqual(['Hearing is through · Bulk Transcribe', 'Hearing is through']);
    expect(await page.locator('.row-name').allInnerTexts()).toEqual(names);
  });

  it('is corrected, found and downloaded in every format', async () => {
    const { page, complaints } = visitor;
    await row(page, names[2] ?? '')
      .getByRole('link', { name: /^Open/ })
      .click();
    const text = page.getByRole('region', { name: 'Text of the recording' });
    await text.waitFor();
    await page.keyboard.press('e');
    await page.getByLabel('Text of this line').fill('By hand, “word for word” → 100 %.');
    await page.keyboard.press('Control+Enter');
    await text.getByText('word for word').waitFor();
    await page
      .getByRole('button', { name: /^Rename / })
      .first()
      .click();
    await page.getByLabel(/^Name of /).fill('Zoë ☂ שרה');
    await page.keyboard.press('Enter');
    await expect.poll(() => text.locator('.speaker').first().textContent()).toBe('Zoë ☂ שרה');
    await page.reload();
    await text.getByText('word for word').waitFor();
    expect(await text.locator('.speaker').first().textContent()).toBe('Zoë ☂ שרה');
    await assertExports(page, page.url().split('/').at(-1) ?? '');

    await page.getByRole('link', { name: 'All transcripts' }).click();
    await page.getByRole('button', { name: 'Download all of Hearing as a ZIP file' }).click();
    const [zip] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Text (.txt)' }).click()]);
    // As many entries as its central directory has.
    expect((await readFile(await zip.path(), 'latin1')).split('PK\x01\x02').length - 1).toBe(FILES);

    await page.getByRole('searchbox').fill('"by hand"');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /^0:00 By hand/ }).waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
