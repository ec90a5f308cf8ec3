/** Large files over bad lines: a program's client against the real controller, and a browser in front of it. */
import { randomBytes } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Recording } from '@bulk-transcribe/protocol';
import type { Browser, Page } from 'playwright-core';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openBrowser } from './browser.ts';
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts';
import { soakLine, soakUpload } from './interrupted-upload.ts';
import { type Product, startProduct } from './product.ts';
import { reaches, row, type Visitor, visit } from './visitor.ts';

/** 5 % of `pnpm soak:upload`. */
const SOAK_BYTES = 0.05 * 3e9;
const SEED = 20_260_301;
const FILE_BYTES = 40_000_000;

let product: Product;
let folder: string;
beforeAll(async () => {
  product = await startProduct();
  folder = await mkdtemp(path.join(os.tmpdir(), 'bulk-transcribe-uploads-'));
});
afterAll(async () => {
  await product.remove();
  await rm(folder, { recursive: true, force: true });
});

const badLine = async (cutAt: readonly number[] = []): Promise<CuttingProxy> => {
  const proxy = await startCuttingProxy({ port: Number(new URL(product.origin).port), cutAt });
  onTestFinished(() => proxy.close());
  return proxy;
};

describe('an upload by a program', () => {
  it('over a line that is cut five times sends hardly more than its size, and arrives whole', async () => {
    const result = await soakUpload({ origin: product.origin, file: path.join(folder, 'soak'), size: SOAK_BYTES, seed: SEED });
    console.log(soakLine(result));
    expect(result.cuts).toBe(5);
    expect(result.sent).toBeLessThanOrEqual(1.02 * SOAK_BYTES);
    expect(result.recording).toMatchObject({ size: SOAK_BYTES, sha256: result.sha256 });
  });

  it('goes on after a kill -9 of the controller from what was acknowledged, and is one recording', async () => {
    const file = path.join(folder, 'killed');
    await writeFile(file, randomBytes(FILE_BYTES));
    const cookie = (await fetch(`${product.origin}/api/system`)).headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const headers = { cookie };
    const offsets: number[] = [];
    const upload = new Upload(createReadStream(file) as never, {
      endpoint: `${product.origin}/api/uploads`,
      chunkSize: 4_000_000,
      headers,
      metadata: { filename: 'killed.wav' },
      retryDelays: null,
      onAfterResponse: (request, response) => void (request.getMethod() === 'HEAD' && offsets.push(Number(response.getHeader('Upload-Offset')))),
    });
    let acknowledged = 0;
    const broken = new Promise<void>((resolve) => {
      upload.options.onChunkComplete = (_size, accepted) => {
        acknowledged = accepted;
        if (accepted === 20_000_000) process.kill(product.pid(), 'SIGKILL');
      };
      upload.options.onError = () => resolve();
    });
    upload.start();
    await broken;
    await product.kill();
    await product.start();
    upload.options.endpoint = null;
    await new Promise<void>((resolve, reject) => {
      upload.options.onSuccess = () => resolve();
      upload.options.onError = reject;
      upload.start();
    });
    expect(acknowledged).toBe(FILE_BYTES);
    expect(offsets[0]).toBeGreaterThanOrEqual(20_000_000);
    const list = (await (await fetch(`${product.origin}/api/recordings`, { headers })).json()) as Recording[];
    expect(list).toMatchObject([{ name: 'killed.wav', size: FILE_BYTES }]);
    expect(readdirSync(path.join(product.dataRoot, 'uploads'))).toEqual([]);
  });
});

const browser: Browser | null = await openBrowser();

describe.skipIf(browser === null)('an upload by the page', () => {
  afterAll(() => browser?.close());

  const arrive = async (origin: string): Promise<Visitor> => {
    if (!browser) throw new Error('Without a browser no test runs.');
    const visitor = await visit(browser, { origin });
    onTestFinished(() => visitor.context.close());
    return visitor;
  };
  const choose = async (page: Page, file: string) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Choose files' }).click()]);
    await chooser.setFiles(file);
  };
  const noise = async (name: string): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, randomBytes(FILE_BYTES));
    return file;
  };

  it('waits while the connection is lost, goes on by itself, and the same file again sends nothing', async () => {
    const proxy = await badLine();
    const { page } = await arrive(proxy.origin);
    const file = await noise('cut.wav');
    await page.route('**/api/uploads/*', async (route) => {
      // After the second piece nobody answers any more.
      if (route.request().method() === 'PATCH' && Number(route.request().headers()['upload-offset']) > 0) proxy.block(true);
      await route.continue();
    });
    const before = proxy.sent();
    await choose(page, file);
    await reaches(page, 'cut.wav', 'Waiting for the connection');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    proxy.block(false);
    await reaches(page, 'cut.wav', 'Uploaded');
    const first = proxy.sent() - before;
    expect(first).toBeGreaterThanOrEqual(FILE_BYTES);
    await page.getByRole('button', { name: 'Remove cut.wav' }).waitFor();

    await page.reload();
    await reaches(page, 'cut.wav', 'Uploaded');
    const again = proxy.sent();
    await choose(page, file);
    await expect.poll(() => row(page, 'cut.wav').count()).toBe(2);
    await page.getByRole('button', { name: 'Transcribe 2 files' }).waitFor();
    expect(proxy.sent() - again).toBeLessThan(100_000);
  });

  it('goes on after a reload when its file is chosen again, and is given up when it is removed', async () => {
    const proxy = await badLine();
    const { page } = await arrive(proxy.origin);
    const [file, other] = [await noise('reloaded.wav'), await noise('given up.wav')];
    await page.route('**/api/uploads/*', async (route) => {
      if (route.request().method() === 'PATCH' && Number(route.request().headers()['upload-offset']) > 8_000_000) return;
      await route.continue();
    });
    await choose(page, file);
    await choose(page, other);
    const sent = '8.39 MB of 40 MB sent';
    await reaches(page, 'reloaded.wav', sent);
    await reaches(page, 'given up.wav', sent);
    await page.reload();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.getByText('2 files were being uploaded. Choose them again').waitFor();
    await reaches(page, 'reloaded.wav', `Interrupted · ${sent}`);
    const before = proxy.sent();
    await choose(page, file);
    await reaches(page, 'reloaded.wav', 'Uploaded');
    expect(proxy.sent() - before).toBeLessThan(FILE_BYTES - 8_000_000);
    await page.getByText('One file was being uploaded.').waitFor();
    await page.getByRole('button', { name: 'Remove given up.wav' }).click();
    await expect.poll(() => readdirSync(path.join(product.dataRoot, 'uploads'))).toEqual([]);
    await page.reload();
    await reaches(page, 'reloaded.wav', 'Uploaded');
    expect(await row(page, 'given up.wav').count()).toBe(0);
  });
});
