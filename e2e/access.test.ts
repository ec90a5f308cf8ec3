/** A password, another device, how long things stay: on the real product, in a real browser. */
import { sampleRecording } from '@bulk-transcribe/sample';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { overflow, seriousProblems } from './accessibility.ts';
import { describePages } from './describe-pages.ts';
import { reaches, row, startSample } from './visitor.ts';

const password = 'a password of the test';
const settings = { ACCESS_PASSWORD: password, RETENTION_DAYS: '30' };

/** The browser tells of every answer that is an error; these are meant. */
const isMeant = (complaint: string): boolean => /status of (401|404)/.test(complaint);

describePages('the pages behind a password', { settings, isMeant }, ({ visitor }) => {
  /** Somebody inside. */
  async function guest(options: BrowserContextOptions = {}): Promise<Page> {
    const { page } = await visitor(options);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Your transcripts will be listed here.').waitFor();
    return page;
  }

  it('ask for it first, say what was wrong, and go on where the person wanted to', async () => {
    const { page } = await visitor();
    await page.goto('/no-such-page');
    await page.getByRole('heading', { level: 1, name: 'Password' }).waitFor();
    expect(await page.getByRole('button', { name: 'Choose files' }).count()).toBe(0);
    await page.keyboard.type('not the password');
    await page.keyboard.press('Enter');
    await page.getByText('The password is not right.').waitFor();
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'There is no page here' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'There is no page here' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('have no serious accessibility problem, %s', async (colorScheme) => {
    const { page } = await visitor({ colorScheme, viewport: { width: 360, height: 700 } });
    await page.getByLabel('Password').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('The password is not right.').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Use on another device' }).click();
    await page.getByRole('button', { name: 'Show a recovery code' }).click();
    await page.locator('.recovery-code').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  it('bring the transcripts to another browser by a code that is shown once', async () => {
    const page = await guest();
    await startSample(page);
    await reaches(page, sampleRecording.name, 'Ready');
    await page.getByRole('button', { name: 'Use on another device' }).click();
    await page.getByRole('button', { name: 'Show a recovery code' }).click();
    const code = await page.locator('.recovery-code').textContent();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Use on another device' }).click();
    expect(await page.locator('.recovery-code').count()).toBe(0);

    const phone = await guest();
    await phone.getByRole('button', { name: 'I have a recovery code' }).click();
    await phone.getByLabel('Recovery code').fill('0000-0000');
    await phone.getByRole('button', { name: 'Open', exact: true }).click();
    await phone.getByText('No session has this recovery code.').waitFor();
    await phone.getByLabel('Recovery code').fill(code?.toLowerCase() ?? '');
    await phone.getByRole('button', { name: 'Open', exact: true }).click();
    await reaches(phone, sampleRecording.name, 'Ready');
  });

  it('say when a job will be deleted, keep it when asked to, and delete everything at once, in every tab', async () => {
    const first = await guest();
    const second = await first.context().newPage();
    await second.goto('/');
    await startSample(first);
    await reaches(first, sampleRecording.name, 'Ready');
    const date = new Intl.DateTimeFormat('en', { dateStyle: 'long' }).format(Date.now() + 30 * 86_400_000);
    await first.getByText(`Deleted on ${date} unless you keep it.`).waitFor();
    await first.getByRole('button', { name: `Keep: ${sampleRecording.name}` }).click();
    await second.getByText('You keep this.').waitFor();
    await first.getByRole('button', { name: 'Delete everything of mine' }).click();
    await first.getByRole('alertdialog').getByRole('button', { name: 'Delete everything' }).click();
    await first.getByText('Your transcripts will be listed here. Each is deleted 30 days').waitFor();
    await second.getByText('Your transcripts will be listed here.').waitFor();
    expect(await row(second, sampleRecording.name).count()).toBe(0);
  });

  it('say calmly that anybody may use an installation without a password', async () => {
    const page = await guest();
    await page.route('**/api/system', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), access: 'open' } });
    });
    await page.reload();
    await page.getByRole('status').getByText('Whoever reaches this address can use it').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
  });
});
