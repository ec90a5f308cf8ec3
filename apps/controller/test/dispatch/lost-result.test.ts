/** A worker has told that a task is over, and the connection breaks off before its result has come. */
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { spawnWorker, temporaryFolder } from '../../../worker/test/run-worker.ts';
import { TOKEN } from '../../../worker/test/worker-client.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { noRemote } from '../remote/no-remote.ts';
import { final, openCore, submit } from './controller-core.ts';

/** A way to a worker that breaks off the first question for each result; `cut`: those questions. */
async function brittleWay() {
  const { client } = await spawnWorker(await temporaryFolder());
  const cut = new Set<string>();
  const server = createServer((asked, answer) => {
    const { method, headers, url = '' } = asked;
    if (url.endsWith('/result') && !cut.has(url)) {
      cut.add(url);
      answer.destroy();
      return;
    }
    const passed = forward(client.url + url, { method, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 0, given.headers).flushHeaders();
      pipeline(given, answer).catch(() => undefined);
    });
    pipeline(asked, passed).catch(() => answer.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut };
}

test('the result is asked for again, under the same attempt', async () => {
  const dataRoot = await temporaryDataRoot();
  const remote = await noRemote(dataRoot);
  const core = await openCore({ dataRoot, log: quiet, remote });
  onTestFinished(() => core.close());
  const { url, cut } = await brittleWay();
  await remote.settings.save({ url, token: TOKEN, mode: 'required' });
  await vi.waitFor(() => expect(core.dispatch.status().routing.place?.name).toBe(new URL(url).host), { timeout: 90_000 });
  const [task] = await submit(core, ['fake{windows=2}']);
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(cut.size).toBe(1);
});
