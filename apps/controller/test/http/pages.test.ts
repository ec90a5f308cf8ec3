import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, startTestApp, type TestApp } from './test-app.ts';

const html = { headers: { accept: 'text/html,*/*' } };

describe('the pages', () => {
  let app: TestApp;
  let webRoot: string;
  let ann: Browser;
  beforeAll(async () => {
    webRoot = await mkdtemp(path.join(tmpdir(), 'pages-'));
    await mkdir(path.join(webRoot, 'assets'));
    await writeFile(path.join(webRoot, 'index.html'), '<!doctype html><title>Bulk Transcribe</title>');
    await writeFile(path.join(webRoot, 'favicon.svg'), '<svg/>');
    await writeFile(path.join(webRoot, 'assets', 'index-abc123.js'), 'export {};');
    app = await startTestApp({}, { webRoot });
    ann = new Browser(app.url);
  });
  afterAll(async () => {
    await app.close();
    await rm(webRoot, { recursive: true });
  });

  it.each(['/', '/transcripts/01890000-0000-7000-8000-000000000000', '/admin', '/?x=1'])(
    '%s is the page, never kept without asking',
    async (target) => {
      const response = await ann.fetch(target, html);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.text()).toContain('<title>Bulk Transcribe</title>');
    },
  );

  it('brings the session with the page, and makes it last another year each time', async () => {
    const bob = new Browser(app.url);
    await bob.fetch('/', html);
    const first = bob.cookie;
    const again = await bob.fetch('/', html);
    expect(again.headers.getSetCookie()[0]).toContain('Max-Age=31536000');
    expect(bob.cookie).toBe(first);
    expect((await bob.fetch('/api/system')).headers.getSetCookie()).toEqual([]);
  });

  it('lets assets with a hash in their name be kept for ever, others not', async () => {
    expect((await ann.fetch('/assets/index-abc123.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await ann.fetch('/favicon.svg')).headers.get('cache-control')).toBe('no-cache');
  });

  it.each(['/api/nothing', '/v1/nothing', '/docs/nothing', '/assets/gone.js', '/api', '/healthz/x'])('%s is not the page', async (target) => {
    const response = await ann.fetch(target, html);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/json');
  });

  it('is not the answer to a picture that is missing, nor to a way out of the folder', async () => {
    expect((await ann.fetch('/logo.png', { headers: { accept: 'image/*' } })).status).toBe(404);
    expect((await ann.fetch('/assets/..%2f..%2fetc/passwd', html)).status).toBe(404);
  });

  it('says so when the pages are not built', async () => {
    const bare = await startTestApp();
    const response = await fetch(bare.url, html);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('The pages are not built');
    await bare.close();
  });
});
