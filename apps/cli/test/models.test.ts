import { once } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelsOverview } from '@bulk-transcribe/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestHub } from '../../../packages/models/test/test-hub.ts';
import { checkpoint } from '../../../packages/models/test/tiny-checkpoint.ts';
import { emptyFolder, ended, jsonLines, startCli } from './run-cli.ts';

const MODEL = 'somebody/whisper-of-mine';

let hub: TestHub;
let folder: string;
beforeEach(async () => {
  hub = await TestHub.start();
  hub.repositories.set(MODEL, checkpoint());
  folder = emptyFolder();
});
afterEach(() => hub[Symbol.asyncDispose]());

const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  startCli(['models', ...args], folder, { MODELS_DIR: folder, HF_ENDPOINT: hub.url, HTTP_PROXY: '', http_proxy: '', ...env });
const run = (...call: Parameters<typeof start>) => ended(start(...call));

const lines = jsonLines<{ type: string; doneBytes?: number; totalBytes?: number; error?: { code: string } }>;

describe('models', () => {
  it('are installed, listed and removed by name', async () => {
    expect(await run(['install', MODEL])).toEqual({ code: 0, stdout: 'somebody--whisper-of-mine is installed.\n', stderr: '' });
    expect((await run(['install', MODEL])).stdout).toBe('somebody--whisper-of-mine is installed already.\n');
    const { stdout } = await run(['list']);
    expect(stdout).toMatch(/Installed:\n {2}moonshine-tiny-en .*\n {2}somebody--whisper-of-mine .* somebody\/whisper-of-mine at 0123456789ab\n/);
    expect(stdout).toMatch(/large-v3-turbo +809 M parameters +100 languages +4\.2 GB memory/);
    expect(stdout).toMatch(/This computer \(.* memory, \d+ cores\)/);
    expect(await run(['remove', MODEL])).toEqual({ code: 0, stdout: 'somebody--whisper-of-mine is removed.\n', stderr: '' });
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual([]);
    const again = await run(['remove', MODEL]);
    expect([again.code, again.stderr]).toEqual([1, 'The model somebody--whisper-of-mine is not installed.\n']);
  });

  it('speak JSON to programs', async () => {
    const installed = lines((await run(['install', MODEL, '--json'])).stdout);
    expect(installed[0]).toMatchObject({ type: 'progress', name: 'somebody--whisper-of-mine' });
    expect(installed.at(-2)).toMatchObject({ type: 'progress', doneBytes: installed.at(-2)?.totalBytes });
    expect(installed.at(-1)).toMatchObject({ type: 'installed', model: { repository: MODEL, problem: null } });
    const overview = JSON.parse((await run(['list', '--json'])).stdout) as ModelsOverview;
    expect(overview.installed).toMatchObject([{ name: 'somebody--whisper-of-mine' }]);
    expect(overview.known.map(({ name }) => name)).toContain('distil-large-v3.5');
    const failed = await run(['install', 'somebody/else', '--json']);
    expect(failed.code).toBe(1);
    expect(lines(failed.stdout)).toMatchObject([{ type: 'error', error: { code: 'model_unknown' } }]);
  });

  it('may come from a folder of this computer', async () => {
    for (const [name, { bytes }] of Object.entries(checkpoint().files)) writeFileSync(path.join(folder, name), bytes);
    const models = path.join(folder, 'models');
    expect((await run(['install', './', '--name', 'mine'], { MODELS_DIR: models })).stdout).toBe('mine is installed.\n');
    expect(existsSync(path.join(models, 'mine', 'model.safetensors'))).toBe(true);
    expect((await run(['install', 'x/y', '--name', 'mine'])).stderr).toContain('Only a folder can be given another name');
  });

  it.each([
    [{ HF_HUB_OFFLINE: '1' }, MODEL, 1, 'Unset HF_HUB_OFFLINE'],
    [{}, 'nothing', 1, 'owner/name as it stands on the hub'],
    [{ HF_HUB_OFFLINE: 'maybe' }, MODEL, 2, 'HF_HUB_OFFLINE is "maybe"; allowed: 0, 1.'],
    [{ HTTP_PROXY: 'nonsense' }, MODEL, 2, 'HTTP_PROXY is not usable; allowed: http://proxy:port'],
  ])('with %j and %s end with a sentence that says what to do', async (env, model, code, sentence) => {
    const failed = await run(['install', model], env);
    expect([failed.code, failed.stdout]).toEqual([code, '']);
    expect(failed.stderr).toContain(sentence);
    expect(failed.stderr).not.toMatch(/ {4}at /);
  });

  it('go on after a kill -9 in the middle, and are never there half', async () => {
    const size = checkpoint().files['model.safetensors']?.bytes.length ?? 0;
    hub.fault = ({ door, file }) => (door === 'bytes' && file === 'model.safetensors' ? { kind: 'silent', after: 300_000 } : null);
    const child = start(['install', MODEL]);
    const part = path.join(folder, '.incoming', 'somebody--whisper-of-mine', 'parts', 'model.safetensors');
    await vi.waitFor(() => expect(statSync(part).size).toBe(300_000), { timeout: 90_000 });
    child.kill('SIGKILL');
    await once(child, 'close');
    const { stdout } = await run(['list']);
    expect(stdout).toMatch(/^Installed:\n {2}moonshine-tiny-en .*\n\nNot finished \(.*\):\n {2}somebody--whisper-of-mine +0 MB\n/);
    hub.fault = () => null;
    hub.sent.clear();
    expect((await run(['install', MODEL])).code).toBe(0);
    expect(hub.sent.get('model.safetensors')).toBe(size - 300_000);
  });

  it('stop at Ctrl-C with code 130, and go on with what has arrived', async () => {
    hub.fault = ({ door, file }) => (door === 'bytes' && file === 'model.safetensors' ? { kind: 'silent', after: 300_000 } : null);
    const child = start(['install', MODEL, '--json']);
    let stderr = '';
    child.stderr.on('data', (data) => (stderr += data));
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, stderr]).toEqual([130, 'Stopped. What has arrived is kept: the same command goes on with it.\n']);
    hub.fault = () => null;
    expect((await run(['install', MODEL])).code).toBe(0);
  });
});
