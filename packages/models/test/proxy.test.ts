import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { failure, HubInstalls, NAME, noProxies } from './hub-installs.ts';

let installs: HubInstalls;
beforeEach(async () => {
  installs = await HubInstalls.begin();
});
afterEach(() => installs.close());

describe('a proxy', () => {
  /** Passes http:// on, and notes what it is asked to; opens no tunnel. */
  async function startProxy() {
    const asked: string[] = [];
    const proxy = createServer((incoming, answer) => {
      asked.push(`${new URL(incoming.url ?? '').origin}`);
      const { method, headers, url = '' } = incoming;
      const onward = request(url, { method, headers }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      incoming.pipe(onward);
    });
    proxy.on('connect', ({ url }, socket) => {
      asked.push(`CONNECT ${url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    return { asked, address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  }

  it('is used for what it is named for, and not for the hosts that are excepted', async () => {
    const { asked, address } = await startProxy();
    await installs.install(installs.open({ proxies: { ...noProxies, http: address } }));
    expect(new Set(asked)).toEqual(new Set([installs.hub.url, installs.hub.bytesUrl]));
    asked.length = 0;
    const store = installs.open({ proxies: { ...noProxies, http: address, except: '127.0.0.1' } });
    await store.remove(NAME);
    await installs.install(store);
    expect(asked).toEqual([]);
  });

  it('opens tunnels for https, and says so where it does not', async () => {
    const { asked, address } = await startProxy();
    const error = await failure(installs.install(installs.open({ endpoint: 'https://hub.invalid', proxies: { ...noProxies, https: address } })));
    expect(error.code).toBe('model_download_failed');
    expect(asked).toContain('CONNECT hub.invalid:443');
  });
});
