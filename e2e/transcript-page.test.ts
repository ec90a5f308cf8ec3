/** A transcript in the page: read, heard, searched, corrected, downloaded, its speakers named. */
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Job, Transcript } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { seriousProblems } from './accessibility.ts';
import { describePages } from './describe-pages.ts';
import { longRecording, sampleBytes, unplayableSilence } from './media.ts';
import { playback, playSlowly, reaches, row, startSample, transcribe, words } from './visitor.ts';

const name = sampleRecording.name;

const textOf = (page: Page): Locator => page.getByRole('region', { name: 'Text of the recording' });

/** The transcript of the sample, made and opened; gives its text. */
async function openSample(page: Page): Promise<Locator> {
  await startSample(page);
  await reaches(page, name, 'Ready');
  await page.getByRole('link', { name: `Open the transcript of ${name}` }).click();
  const text = textOf(page);
  await text.waitFor();
  return text;
}

describePages('the page of a transcript', {}, ({ visitor, product }) => {
  it('make a transcript of the sample, word for word, that can be heard from a line on and downloaded', async () => {
    const { page } = await visitor();
    await page.getByText(sampleRecording.origin).waitFor();
    const text = await openSample(page);
    const lines = await text.locator('.line > p').allInnerTexts();
    expect(words(lines.join(' '))).toEqual(words(sampleRecording.text));

    await playSlowly(page);
    const line = text.locator('.line').last();
    const start = seconds(await line.getByRole('button', { name: /^Play from/ }).textContent());
    await line.locator('p').click({ position: { x: 4, y: 10 } });
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await expect.poll(async () => (await playback(page)).time).toBeGreaterThan(start);
    expect((await playback(page)).time).toBeLessThan(start + 3);
    await expect.poll(() => line.getAttribute('aria-current')).toBe('true');

    await page.getByRole('button', { name: 'Download', exact: true }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Text (.txt)' }).click()]);
    expect(download.suggestedFilename()).toBe(name.replace(/mp3$/, 'txt'));
    expect((await readFile(await download.path(), 'utf8')).trim().split(/\s+/)).toEqual(lines.join(' ').split(/\s+/));

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(await readFile(await download.path(), 'utf8'));

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

  it('play from the word that is clicked, mark it, and let the keys of the player work while a line is corrected', async () => {
    const { page } = await visitor();
    // With speakers, as the page asks for them: their words have times.
    await transcribe(page, [{ name, bytes: sampleBytes() }]);
    await reaches(page, name, 'Ready');
    await page.getByRole('link', { name: `Open the transcript of ${name}` }).click();
    const line = page.locator('.line').last();
    await line.waitFor();
    const taskId = page.url().split('/').at(-1);
    const transcript = (await (await page.request.get(`/api/tasks/${taskId}/transcript`)).json()) as Transcript;
    const word = transcript.segments.at(-1)?.words?.at(-1);
    if (!word) throw new Error('Its words have no times.');

    const end = await page.evaluate<{ x: number; y: number }>(END_OF_TEXT);
    await page.mouse.click(end.x, end.y);
    await expect.poll(async () => (await playback(page)).time).toBeGreaterThanOrEqual(word.start - 0.01);
    const marked = () => page.evaluate<string[]>("[...(CSS.highlights.get('spoken') ?? [])].map(String)");
    await expect.poll(marked).toEqual([word.text]);

    await page.keyboard.press('e');
    const field = page.getByLabel('Text of this line');
    await field.press('End');
    const before = await playback(page);
    await field.press('F7');
    await expect.poll(async () => (await playback(page)).time).toBeLessThan(before.time - 4);
    const { playing } = await playback(page);
    await field.press('F8');
    await expect.poll(async () => (await playback(page)).playing).toBe(!playing);
    expect(await field.inputValue()).toBe(transcript.segments.at(-1)?.text);

    await page.getByRole('button', { name: 'Speed: 1 ×' }).click();
    await page.getByRole('menuitemradio', { name: '1.5 ×' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Speed: 1.5 ×' }).waitFor();
  });

  it('let a person correct lines and speakers, find words, and take a correction back; another tab does not write over it', async () => {
    const { page, complaints, newTab } = await visitor();
    const text = await openSample(page);
    const edit = (nth: number) => page.getByRole('button', { name: /^Correct the line at/ }).nth(nth);
    const other = await newTab();
    await other.goto(page.url());
    await textOf(other).waitFor();

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

    const [, second = '', third = ''] = await text.locator('.line > p').allInnerTexts();
    await page
      .getByRole('button', { name: /^Play from/ })
      .nth(1)
      .press('e');
    const field = page.getByLabel('Text of this line');
    expect(await field.inputValue()).toBe(second);
    await field.press('Control+Shift+Enter');
    await expect.poll(() => field.inputValue()).toBe(third);
    await field.press('Escape');

    const taskId = page.url().split('/').at(-1);
    const exported = await page.request.get(`/api/tasks/${taskId}/export?format=txt`);
    expect(await exported.text()).toMatch(/Kennedy[\s\S]*And so, fellow citizens of Zürich:/);

    await page.locator('body').press('/');
    await page.keyboard.type('zürich');
    await page.getByText('1 of 1').waitFor();
    await expect.poll(() => text.locator('mark').allInnerTexts()).toEqual(['Zürich']);
    await page.getByRole('button', { name: 'Replace what is found' }).click();
    await page.getByLabel('Replace with').fill('Zurich');
    await page.getByRole('button', { name: 'Replace all 1' }).click();
    await text.getByText('And so, fellow citizens of Zurich:').waitFor();
    await page.getByText('1 replaced').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Undo the last correction' }).click();
    await text.getByText('And so, fellow citizens of Zürich:').waitFor();

    await other
      .getByRole('button', { name: /^Correct the line at/ })
      .last()
      .click();
    await other.getByLabel('Text of this line').fill('This must not be kept.');
    await other.getByRole('button', { name: 'Save' }).click();
    await other.getByText('was changed in another tab').waitFor();
    await other.getByText('And so, fellow citizens of Zürich:').waitFor();

    await page.reload();
    const undo = page.getByRole('button', { name: 'Undo the last correction' });
    await undo.click();
    await expect.poll(() => text.locator('.speaker').allInnerTexts()).toEqual(['The president']);
    await undo.click();
    await expect.poll(() => text.locator('.speaker').count()).toBe(0);
    expect(words((await text.locator('.line > p').allInnerTexts()).join(' '))).toEqual(words(sampleRecording.text));

    await page.request.delete('/api/session/data');
    await expect.poll(() => page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('undo'))")).toEqual([]);
    expect(complaints.splice(0).filter((complaint) => !/\b409\b/.test(complaint))).toEqual([]);
  });

  it('tell the speakers of a finished transcript apart, with its corrections in place, or say why not', async () => {
    const { page, complaints } = await visitor();
    const text = await openSample(page);
    await page
      .getByRole('button', { name: /^Correct the line at/ })
      .first()
      .click();
    await page.getByLabel('Text of this line').fill('And so, fellow citizens of Zürich:');
    await page.getByRole('button', { name: 'Save' }).click();

    const speakers = page.getByRole('region', { name: 'Speakers' });
    await speakers.getByText('This transcript does not say who speaks.').waitFor();
    const [job] = (await (await page.request.get('/api/jobs')).json()) as Job[];
    const file = path.join(product().dataRoot, 'recordings', job?.tasks[0]?.recording.id ?? '');
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

  it('print the whole text, and nothing of what is only for the window', async () => {
    const { page } = await visitor();
    await transcribe(page, [{ name: 'hearing.mp3', bytes: longRecording(20) }]);
    await reaches(page, 'hearing.mp3', 'Ready');
    await page.getByRole('link', { name: 'Open the transcript of hearing.mp3' }).click();
    const lines = page.locator('.line');
    await lines.first().waitFor();
    const taskId = page.url().split('/').at(-1);
    const { segments } = (await (await page.request.get(`/api/tasks/${taskId}/transcript`)).json()) as Transcript;
    const inWindow = await lines.count();
    expect(inWindow).toBeLessThan(segments.length);

    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await lines.count()).toBe(segments.length);
    await page.getByRole('heading', { level: 1, name: 'hearing.mp3' }).waitFor();
    await page.getByRole('region', { name: 'Player' }).waitFor({ state: 'hidden' });
    await page.getByRole('searchbox').waitFor({ state: 'hidden' });
    const boxes = await Promise.all([lines.nth(1), lines.nth(2)].map((line) => line.boundingBox()));
    expect(boxes[1]?.y).toBeGreaterThanOrEqual((boxes[0]?.y ?? 0) + (boxes[0]?.height ?? 0));

    await page.emulateMedia({ media: 'screen' });
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await expect.poll(() => lines.count()).toBe(inWindow);
  });

  it('are private: another browser finds neither the list nor the transcript', async () => {
    const { page } = await visitor();
    await openSample(page);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    const address = page.url();
    await page.goBack();
    await row(page, name).waitFor();
    await page.goForward();
    await page.reload();
    await textOf(page).waitFor();
    const { page: stranger } = await visitor();
    await stranger.getByText('Your transcripts will be listed here.').waitFor();
    await stranger.goto(address);
    await stranger.getByRole('heading', { name: 'This transcript is not here' }).waitFor();
  });
});

/** Where the last line ends: in its last row, at the right. */
const END_OF_TEXT = `(() => {
  const range = document.createRange();
  range.selectNodeContents([...document.querySelectorAll('.line > p')].at(-1));
  const { right, bottom } = [...range.getClientRects()].at(-1);
  return { x: right - 6, y: bottom - 6 };
})()`;

/** `0:08` → 8. */
const seconds = (clock: string | null): number => (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
