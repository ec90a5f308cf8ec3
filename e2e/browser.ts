/** The browser of these tests: Chromium from npm where it exists (Linux, x64), else the machine's own Chrome or Edge. */
import os from 'node:os';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** Everything runs inside one container or CI machine: no sandbox of its own, no graphics card. */
const args = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'];

/** Without a UTF-8 locale Chromium does not read folders that hold names beyond ASCII. */
const env = { ...process.env, LC_ALL: 'C.UTF-8' } as Record<string, string>;

/** Null, with the reason on the console, where this machine has no browser. */
export async function openBrowser(): Promise<Browser | null> {
  if (os.platform() === 'linux' && os.arch() === 'x64') {
    return chromium.launch({ executablePath: await sparticuz.executablePath(), args, env });
  }
  for (const channel of ['chrome', 'msedge']) {
    const browser = await chromium.launch({ channel, args }).catch(() => null);
    if (browser) return browser;
  }
  console.warn('Browser tests are skipped: neither Chrome nor Edge is installed on this machine.');
  return null;
}
