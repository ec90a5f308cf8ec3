import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AppError, defaultOptions, type Transcript, transcriptText } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { type EngineHandle, type SpeechEvent, startEngine } from '@bulk-transcribe/speech';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repeat, sampleAudio, temporaryFolder, writeWav } from './media.ts';

const never = new AbortController().signal;
const ignore = () => {};
const lines: string[] = [];
const log = { info: (_: object, message: string) => lines.push(message), warn: (details: object) => lines.push(JSON.stringify(details)) };

let engine: EngineHandle;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let long: { path: string; name: string };

beforeAll(async () => {
  folder = await temporaryFolder();
  engine = startEngine({ threads: 0, modelsDir: folder.path('none'), log });
  long = { path: await writeWav(folder.path('long.wav'), repeat(await sampleAudio(), 20)), name: 'long.wav' };
});
afterAll(async () => {
  await engine.close();
  await folder[Symbol.asyncDispose]();
});

const transcribeSample = () => engine.transcribe(sampleRecording, defaultOptions, never, ignore);

/** Gone, or a zombie that only its new parent can clear away. */
function isGone(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  if (existsSync('/proc/self/stat')) return !existsSync(file) || readFileSync(file, 'utf8').split(') ')[1]?.[0] === 'Z';
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

/** Children of a process, where the system tells. */
function childrenOf(pid: number | null): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

/** Resolves once everything that nobody holds any more is collected. */
async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('the engine in its child process', () => {
  it('starts with prepare, and says what it computes with', async () => {
    const info = await engine.prepare();
    expect(info).toMatchObject({ device: 'cpu', threads: 1, diarization: true });
    expect(info.models.map(({ id }) => id)).toEqual(['moonshine-tiny-en']);
    expect(engine.pid).toBeGreaterThan(0);
  });

  it.skipIf(process.platform !== 'linux')('has the environment of its owner, and gives large blocks of memory back at once', async () => {
    await engine.prepare();
    const environment = readFileSync(`/proc/${engine.pid}/environ`, 'utf8').split('\0');
    expect(environment).toContain('MALLOC_MMAP_THRESHOLD_=8388608');
    expect(environment).toContain(`PATH=${process.env['PATH']}`);
  });

  it('keeps no transcript that it has handed over', async () => {
    const transcript = new WeakRef(await transcribeSample());
    await collectGarbage();
    expect(transcript.deref()).toBeUndefined();
  });

  it('transcribes, one recording after the other, in the same process', async () => {
    const { pid } = engine;
    const events: SpeechEvent[] = [];
    const [first, second] = await Promise.all([
      engine.transcribe(sampleRecording, defaultOptions, never, (event) => events.push(event)),
      transcribeSample(),
    ]);
    expect(transcriptText(first)).toBe(sampleRecording.text);
    expect(second.segments).toEqual(first.segments);
    expect(events.map(({ type }) => type)).toContain('window');
    expect(engine.pid).toBe(pid);
  });

  it('passes errors on with their code, and lives on', async () => {
    const { pid } = engine;
    const refused = engine.transcribe(sampleRecording, { ...defaultOptions, language: 'nl' }, never, ignore);
    await expect(refused).rejects.toMatchObject({ name: 'AppError', code: 'language_not_supported', field: 'language' });
    await expect(engine.transcribe({ path: 'missing.mp3', name: 'missing.mp3' }, defaultOptions, never, ignore)).rejects.toMatchObject({
      code: 'media_unreadable',
    });
    expect(engine.pid).toBe(pid);
  });

  it('killed with -9 in the middle, fails that recording alone; the next call has a new process', async () => {
    const { pid } = engine;
    const run = engine.transcribe(long, defaultOptions, never, ({ type }) => {
      if (type === 'window') process.kill(pid ?? 0, 'SIGKILL');
    });
    await expect(run).rejects.toMatchObject({ code: 'engine_crashed' });
    expect(transcriptText(await transcribeSample())).toBe(sampleRecording.text);
    expect(engine.pid).not.toBe(pid);
  });

  it('an abort kills the process and its decoder, and rejects with cancelled', async () => {
    await engine.prepare();
    const { pid } = engine;
    const controller = new AbortController();
    let decoders: number[] = [];
    const run = engine.transcribe(long, defaultOptions, controller.signal, ({ type }) => {
      if (type !== 'window') return;
      decoders = childrenOf(pid);
      controller.abort();
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    for (const process of [pid ?? 0, ...decoders]) await expect.poll(() => isGone(process)).toBe(true);
    expect(transcriptText(await transcribeSample())).toBe(sampleRecording.text);
  });

  it('an abort before its turn rejects at once', async () => {
    await expect(engine.transcribe(long, defaultOptions, AbortSignal.abort(), ignore)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('takes several recordings at a time where it is made for them; one that is cancelled leaves the others alone', async () => {
    const pair = startEngine({ threads: 0, slots: 2, modelsDir: folder.path('none'), log });
    const { models } = await pair.prepare();
    expect(models).toHaveLength(1);
    const { pid } = pair;
    const cancel = new AbortController();
    const dropped = pair.transcribe(long, defaultOptions, cancel.signal, ignore);
    const kept = pair.transcribe(sampleRecording, defaultOptions, never, ({ type }) => {
      if (type === 'stage') cancel.abort();
    });
    await expect(dropped).rejects.toMatchObject({ code: 'cancelled' });
    expect(transcriptText(await kept)).toBe(sampleRecording.text);
    expect(pair.pid).toBe(pid);

    // It dies with two, neither of which is through, however late this process hears of them: both fail.
    const other = { ...long, name: 'other' };
    const dying = [long, other].map((recording) =>
      pair.transcribe(recording, defaultOptions, never, ({ type }) => {
        if (type === 'stage' && recording === other) process.kill(pid ?? 0, 'SIGKILL');
      }),
    );
    for (const { reason } of (await Promise.allSettled(dying)) as PromiseRejectedResult[]) expect(reason).toMatchObject({ code: 'engine_crashed' });
    await pair.close();
  });

  it('one that took too long is ended with its process, which another one may hang in too; who comes then has a new one', async () => {
    const pair = startEngine({ threads: 0, slots: 2, modelsDir: folder.path('none'), log });
    await pair.prepare();
    const { pid } = pair;
    const late = new AbortController();
    const overdue = pair.transcribe(long, defaultOptions, late.signal, ignore);
    const beside = pair.transcribe(long, defaultOptions, never, ({ type }) => {
      if (type === 'window') late.abort(new AppError('execution_timeout', 'It took too long.'));
    });
    const [one, two] = await Promise.allSettled([overdue, beside]);
    expect(one).toMatchObject({ reason: { code: 'cancelled' } });
    expect(two).toMatchObject({ reason: { code: 'engine_crashed' } });
    expect(isGone(pid ?? 0)).toBe(true);
    expect(transcriptText(await pair.transcribe(sampleRecording, defaultOptions, never, ignore))).toBe(sampleRecording.text);
    await pair.close();
  });

  it('one that begins while another is being ended is not ended with it', async () => {
    const pair = startEngine({ threads: 0, slots: 2, modelsDir: folder.path('none'), log });
    await pair.prepare();
    const cancel = new AbortController();
    let next: Promise<Transcript> | undefined;
    const dropped = pair.transcribe(long, defaultOptions, cancel.signal, ({ type }) => {
      if (type !== 'window' || next) return;
      cancel.abort();
      next = pair.transcribe(sampleRecording, defaultOptions, never, ignore);
    });
    await expect(dropped).rejects.toMatchObject({ code: 'cancelled' });
    expect(transcriptText(await (next as Promise<Transcript>))).toBe(sampleRecording.text);
    await pair.close();
  });

  it('ends with its owner, even when that is killed with -9', async () => {
    const owner = spawn(
      process.execPath,
      ['--conditions=bulk-transcribe-source', fileURLToPath(new URL('fixtures/owner.ts', import.meta.url)), long.path],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [said] = (await once(owner.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    const family = [pid, ...childrenOf(pid)];
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    for (const process of family) await expect.poll(() => isGone(process)).toBe(true);
  });

  it('that cannot load its models is engine_unavailable', async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(folder.path('models/moonshine-tiny-en'), { recursive: true });
    const broken = startEngine({ threads: 0, modelsDir: path.join(folder.path('models')), log });
    await expect(broken.prepare()).rejects.toMatchObject({ code: 'engine_unavailable' });
    await expect(broken.transcribe(sampleRecording, defaultOptions, never, ignore)).rejects.toMatchObject({ code: 'engine_unavailable' });
    await broken.close();
  });

  it('takes no more work once it is closed', async () => {
    const closed = startEngine({ threads: 0, modelsDir: folder.path('none') });
    await closed.prepare();
    const { pid } = closed;
    await closed.close();
    expect(isGone(pid ?? 0)).toBe(true);
    expect(closed.pid).toBeNull();
    await expect(closed.prepare()).rejects.toMatchObject({ code: 'engine_unavailable' });
  });
});
