/** The pages for everybody: by keyboard alone, read aloud, on a small screen, enlarged. */
import { sampleRecording } from '@bulk-transcribe/sample';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { overflow, seriousProblems } from './accessibility.ts';
import { describePages } from './describe-pages.ts';
import { fileOf } from './files-on-disk.ts';
import { longRecording, notARecording, sampleBytes } from './media.ts';
import { drop, playback, playSlowly, reaches, row, transcribe } from './visitor.ts';

const name = sampleRecording.name;
const long = { name: 'long interview.mp3', bytes: longRecording(75) };

describePages('the pages for everybody', {}, ({ visitor }) => {
  it('work with the keyboard alone', async () => {
    const { page } = await visitor();
    await page.getByText('Your transcripts will be listed here.').waitFor();
    await tabTo(page, 'Try it with a sample recording');
    await page.keyboard.press('Enter');
    await reaches(page, name, 'Ready');
    await tabTo(page, `Open the transcript of ${name}`);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await playSlowly(page);
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
});

/** Presses Tab until the focus is on the control with this name. */
async function tabTo(page: Page, label: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()");
    if (focused === label) return;
  }
  throw new Error(`Forty presses of Tab did not reach "${label}".`);
}
