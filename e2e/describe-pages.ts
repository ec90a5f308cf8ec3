/** Tests of the pages: the real product and a real browser for those of one file; every test is a visitor with a session of its own. */
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { openBrowser } from './browser.ts';
import { type Product, startProduct } from './product.ts';
import { leave, type Visitor, visit } from './visitor.ts';

interface Pages {
  /** Unless the test takes complaints out of the list, the browser must not have made any. */
  readonly visitor: (options?: BrowserContextOptions) => Promise<Visitor>;
  /** Once the tests run. */
  readonly product: () => Product;
}

interface PagesOptions {
  /** Environment variables of the controller. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Complaints of the browser that every test may cause. */
  readonly isMeant?: (complaint: string) => boolean;
}

const browser = await openBrowser();

/** `tests` declares them; skipped where this machine has no browser. */
export function describePages(title: string, { settings = {}, isMeant = () => false }: PagesOptions, tests: (pages: Pages) => void): void {
  describe.skipIf(browser === null)(title, () => {
    let product: Product;
    const visitors: Visitor[] = [];

    beforeAll(async () => {
      product = await startProduct(settings);
    });

    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') for (const { page } of visitors) console.error(await page.locator('body').ariaSnapshot());
      const complaints = visitors.flatMap((one) => one.complaints).filter((complaint) => !isMeant(complaint));
      await Promise.all(visitors.splice(0).map(leave));
      expect(complaints).toEqual([]);
    });

    afterAll(async () => {
      await browser?.close();
      await product.remove();
    });

    const visitor: Pages['visitor'] = async (options = {}) => {
      if (!browser) throw new Error('Without a browser no test runs.');
      const opened = await visit(browser, { origin: product.origin, ...options });
      visitors.push(opened);
      return opened;
    };
    tests({ visitor, product: () => product });
  });
}
