/** The first seed, in a real browser: a worker is started, its address and token pasted, tested, saved, used, destroyed. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousProblems } from './accessibility.ts';
import { openBrowser } from './browser.ts';
import { sampleBytes } from './media.ts';
import { type Product, startProduct } from './product.ts';
import { type SecondWorker, startSecondWorker } from './second-worker.ts';
import { reaches, row, transcribe, visit } from './visitor.ts';

const ADMIN_TOKEN = 'admin-token-of-the-seed';
const WORKER_TOKEN = 'worker-token-of-the-seed';
const browser: Browser | null = await openBrowser();

describe.skipIf(browser === null)('pod per session', () => {
  let product: Product;
  let worker: SecondWorker & AsyncDisposable;
  const lines: string[] = [];
  beforeAll(async () => {
    product = await startProduct({ ADMIN_TOKEN, LOG_LEVEL: 'debug' }, { onLine: (line) => lines.push(line) });
    worker = await startSecondWorker(WORKER_TOKEN);
  });
  afterAll(async () => {
    await browser?.close();
    await worker[Symbol.asyncDispose]();
    await product.remove();
  });

  it('walks from the token to the transcript and back to this computer, and leaves no token anywhere but in its file', async () => {
    if (!browser) throw new Error('Without a browser no test runs.');
    const { page, context, complaints } = await visit(browser, { origin: product.origin });
    const answers: string[] = [];
    context.on('response', (response) => {
      if (response.url().includes('/api/'))
        response.text().then(
          (text) => answers.push(text),
          () => undefined,
        );
    });
    await page.getByText('Runs on: this computer (CPU)').waitFor();

    await page.getByRole('link', { name: 'Admin' }).click();
    await page.getByLabel('Admin token').fill('wrong');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Unauthorized').waitFor();
    await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Token: Not set').waitFor();

    await page.getByRole('textbox', { name: 'Address' }).fill(` ${worker.url}/ `);
    await page.getByLabel('Token: Not set').fill('not-the-right-token-at-all');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('The worker refuses the token.').waitFor();
    await page.getByLabel('Token: Not set').fill(WORKER_TOKEN);
    await ready(page);
    await page.getByText('Optional', { exact: true }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It counts from the next recording on.').waitFor();
    await page.getByText('Token: Set').waitFor();
    expect(await page.getByLabel('Token: Set').inputValue()).toBe('');
    await page.getByRole('listitem', { name: worker.name }).getByText('reachable, idle').waitFor();
    expect(await seriousProblems(page)).toEqual([]);

    await page.getByRole('link', { name: 'Bulk Transcribe' }).click();
    await page.getByText(`Runs on: remote worker ${worker.name} (CPU)`).waitFor();
    await transcribe(page, [{ name: 'on the second worker.mp3', bytes: sampleBytes() }]);
    await reaches(page, 'on the second worker.mp3', 'Ready');
    await page.getByRole('link', { name: 'Open the transcript of on the second worker.mp3' }).click();
    await page.getByText('How it was made').click();
    await page.getByText(`remote worker ${worker.name} (CPU)`, { exact: true }).waitFor();

    await worker.kill();
    await page.getByRole('link', { name: 'All transcripts' }).click();
    await page.getByText('Runs on: this computer (CPU)').waitFor();
    await page.getByText(`Runs on this computer (CPU) for now. Nothing listens at ${worker.name}.`).waitFor();
    await transcribe(page, [{ name: 'after its end.mp3', bytes: sampleBytes() }]);
    await reaches(page, 'after its end.mp3', 'Ready');
    await row(page, 'after its end.mp3').getByText(`On this computer (CPU): Nothing listens at ${worker.name}.`).waitFor();

    await page.goto('/admin');
    await page.getByText('Token: Set').waitFor();
    await page.getByRole('listitem', { name: worker.name }).getByText('takes no work').waitFor();
    await page.getByText('Required', { exact: true }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It counts from the next recording on.').waitFor();
    await page.getByRole('link', { name: 'Bulk Transcribe' }).click();
    await transcribe(page, [{ name: 'required.mp3', bytes: sampleBytes() }]);
    await reaches(page, 'required.mp3', 'Waiting');
    await row(page, 'required.mp3').getByText(`Nothing listens at ${worker.name}.`).waitFor();
    expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
    await context.close();

    const file = path.join(product.dataRoot, 'config', 'remote_worker.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(answers.length).toBeGreaterThan(10);
    expect(holders(WORKER_TOKEN, [...answers, ...lines])).toEqual([]);
    expect(holders(ADMIN_TOKEN, [...answers, ...lines])).toEqual([]);
    expect(await (await fetch(`${product.origin}/metrics`)).text()).not.toMatch(/token-of-the-seed/);
    await product.stop();
    expect(await filesWith(product.dataRoot, WORKER_TOKEN)).toEqual([file]);
    expect(await filesWith(product.dataRoot, ADMIN_TOKEN)).toEqual([]);
  });
});

/** The worker may still be loading its engine: then the test says so, and is made again. */
async function ready(page: Page): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.getByRole('button', { name: 'Test connection' }).click();
        await page.getByRole('button', { name: 'Test connection' }).waitFor();
        return page.locator('.test-result').textContent();
      },
      { interval: 500 },
    )
    .toContain('The worker answers');
}

const holders = (secret: string, texts: readonly string[]): string[] => texts.filter((text) => text.includes(secret));

/** Every file below the folder, the database's too, that holds these bytes. */
async function filesWith(folder: string, secret: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const found = await Promise.all(files.map(async (file) => ((await readFile(file)).includes(secret) ? [file] : [])));
  return found.flat();
}
