/** A picture of the page as it is, at each width and in each scheme, into `screenshots/`; what axe finds is told on the way. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { seriousProblems } from './accessibility.ts';

export const pictures = fileURLToPath(new URL('../screenshots/', import.meta.url));
const WIDTHS = [1280, 360] as const;
const SCHEMES = ['light', 'dark'] as const;

export async function picture(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize({ width, height: width === 360 ? 740 : 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // A window as high as the page, as rows out of sight are not drawn.
      if (fullPage)
        await page.setViewportSize({ width, height: Math.max(800, await page.evaluate<number>('document.documentElement.scrollHeight')) });
      await page.evaluate('document.fonts.ready');
      await page.screenshot({ path: path.join(pictures, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const problem of await seriousProblems(page)) {
    console.error(`${name}: ${problem}`);
    process.exitCode = 1;
  }
}
