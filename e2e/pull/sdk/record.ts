/**
 * `pnpm record:sdk --python PATH`: runs RunPod's own worker against our fake of its server, and keeps its calls as
 * `e2e/pull/sdk/runpod-VERSION.json`. The Python there needs the package: `pip install runpod==1.12.0`, or 0.1.12 for the early worker.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FakeJobServer } from '../../fake-job-server.ts';
import { POD } from '../../pod-worker.ts';
import { kept, outcomeOf, type RecordedScene, recordingFile, type Scene, scenesFor } from './scenes.ts';

const worker = fileURLToPath(new URL('worker.py', import.meta.url));

async function record(python: string, scene: Scene): Promise<RecordedScene> {
  const server = await FakeJobServer.start();
  const jobs = scene.jobs.map(({ id, input }) => server.add(id, input));
  const toStop = new Set(scene.jobs.filter(({ stop }) => stop).map(({ id }) => id));
  server.on('call', ({ url }) => {
    for (const id of (url.searchParams.get('job_id') ?? '').split(',')) if (toStop.delete(id)) server.stop(id);
  });
  const { PATH } = process.env;
  const env = {
    ...{ PATH, HOME: os.tmpdir(), SCENE: scene.name, RUNPOD_POD_ID: POD, TERMINATE_IDLE_TIME: '0' },
    ...{ RUNPOD_SKIP_AUTO_SYSTEM_CHECKS: 'true', RUNPOD_SKIP_GPU_CHECK: 'true' },
    ...(scene.name === 'early' ? server.early : server.today),
  };
  const child = spawn(python, [worker], { cwd: os.tmpdir(), env, stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  const exit = once(child, 'exit');
  const isIdle = (from: number) => server.calls.slice(from).some(({ kind, url }) => kind === 'ping' && !url.searchParams.has('job_id'));
  const isOver = () =>
    jobs.every(({ id, end }) => end !== undefined || (scene.jobs.some(({ stop, id: own }) => stop && own === id) && !toStop.has(id)));
  if (scene.name === 'unfit') await exit;
  else {
    await server.until(() => isOver() && isIdle(server.calls.findLastIndex(({ kind }) => kind === 'done')));
    // It pings from a process of its own.
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await exit;
  }
  await server.close();
  const calls = new Map(server.calls.map(kept).map((call) => [JSON.stringify(call), call]));
  return { ...scene, calls: [...calls.values()], outcome: jobs.map(outcomeOf) };
}

const { values } = parseArgs({ options: { python: { type: 'string', default: 'python3' } } });
const version = execFileSync(values.python, ['-c', 'from importlib.metadata import version; print(version("runpod"))'], { encoding: 'utf8' }).trim();
const scenes: RecordedScene[] = [];
for (const scene of scenesFor(version)) scenes.push(await record(values.python, scene));
const file = recordingFile(version);
const origin = `The calls of the worker in the Python package runpod ${version} (MIT License, RunPod), by pnpm record:sdk.`;
await writeFile(file, `${JSON.stringify({ origin, scenes }, null, 2)}\n`);
console.log(`${fileURLToPath(file)}: ${scenes.map(({ name, calls }) => `${name} ${calls.length}`).join(', ')}`);
