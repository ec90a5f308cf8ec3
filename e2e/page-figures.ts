/** What the benches of pages measure. */
import { readFileSync } from 'node:fs';
import { sampleRecording } from '@bulk-transcribe/sample';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { startProduct } from './product.ts';
import { reaches, startSample, visit } from './visitor.ts';

/** `measure` sees the list of the real product, with the transcript of the sample in it. Does nothing where there is no browser. */
export async function measureProduct(measure: (browser: Browser, page: Page) => Promise<void>): Promise<void> {
  const product = await startProduct();
  const browser = await openBrowser();
  try {
    if (!browser) return;
    const { page } = await visit(browser, { origin: product.origin });
    await startSample(page);
    await reaches(page, sampleRecording.name, 'Ready');
    await measure(browser, page);
  } finally {
    await browser?.close();
    await product.remove();
  }
}

/** Whether `what` stands near half the height of the window, in the drawn frame after this one. */
const isDrawn = (page: Page, what: string): Promise<boolean> =>
  page.evaluate(
    `new Promise((done) => requestAnimationFrame(() => done([0.3, 0.5, 0.7].some((part) => document.elementFromPoint(400, innerHeight * part)?.closest('${what}') != null))))`,
  );

/** Scrolls by `turns` turns of the wheel of one window height each, then into the middle; gives how often `what` was missing. */
export async function blankTurns(page: Page, turns: number, what: string): Promise<number> {
  await page.mouse.move(400, 500);
  let blank = 0;
  for (let turn = 0; turn < turns; turn++) {
    await page.mouse.wheel(0, 700);
    if (!(await isDrawn(page, what))) blank += 1;
  }
  await page.evaluate('scrollTo(0, document.body.scrollHeight / 2)');
  return (await isDrawn(page, what)) ? blank : blank + 1;
}

/** What the process that draws the page holds in memory after a collection, its programs included, bytes. */
export async function pageMemory(browser: Browser, page: Page): Promise<number> {
  await (await page.context().newCDPSession(page)).send('HeapProfiler.collectGarbage');
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  const held = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentBytes(id));
  return Math.max(...held);
}

const residentBytes = (pid: number): number => 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
