/**
 * An engine whose behaviour is scripted by the recording itself, for tests of routing and lifecycle.
 *
 * The script stands in the file's first 4 KiB or in the recording's name: `fake{windows=3,step-ms=5,fail=media_unreadable}`.
 * Without a script: two windows, at once.
 *
 * - windows=N: windows of 5 s each (default 2)            - step-ms=N: time that each window takes (default 0)
 * - text=T: text of each window, `_` for blanks            - hang-after=N: after N windows wait until it is aborted
 * - crash-after=N: after N windows the engine crashes, with all that is in it
 * - kill-at=PATH: behind the first window it tells who it is (a length of 1,000,000 s and its pid), waits until the file PATH exists,
 *   removes it, and the whole process dies, with the folder lose=PATH where one is given
 * - fail=CODE: fail with this code of the closed list, before any window
 * - times=N: hang, crash or fail only the first N times (per process) that this very script is run (default: always)
 * - wait-for=PATH: after the first window wait until the file PATH exists
 * - evidence=N: gives N bytes of what speakers were told by: 0, 1, …, 250, 0, 1, …
 * - hear-fail=CODE, hear-times=N, hear-wait-for=PATH: like fail, times, wait-for, where only speakers are heard
 * - computed=PATH: each window that is computed (not taken over) adds a line with its number to the file PATH
 */
import { appendFileSync, existsSync, rmSync, watch } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, defaultOptions, isErrorCode, type ModelInfo, type Transcript, type WindowResult } from '@bulk-transcribe/protocol';
import type { Engine, EngineInfo, RecordingFile, SpeechEvent } from '@bulk-transcribe/speech';

const WINDOW_SEC = 5;
const SCRIPT_HEAD_BYTES = 4096;

export const fakeEngineInfo: EngineInfo = {
  device: 'cpu',
  deviceName: null,
  fallbacks: [],
  threads: 1,
  diarization: true,
  models: [
    {
      id: defaultOptions.model,
      name: 'Fake engine (tests)',
      languages: ['en'],
      wordTimes: false,
      prompt: false,
      translation: false,
      license: 'MIT',
      default: true,
    },
  ],
};

export interface FakeEngine extends Engine {
  /** Recordings in the order in which they were begun. */
  readonly begun: readonly string[];
  /** The model that each was to be heard with. */
  readonly heardWith: readonly string[];
  /** Models that were taken into memory, in order. */
  readonly loaded: readonly string[];
  /** How often an abort has reached the engine. */
  readonly aborted: number;
}

interface FakeEngineOptions {
  /** How often `prepare` fails before it works. */
  readonly prepareFailures?: number;
  /** Recordings at a time. */
  readonly slots?: number;
  /** In the place of the one that every worker has. */
  readonly own?: readonly ModelInfo[];
  /** Models that it has beside its own, as they are at each moment. */
  readonly more?: readonly ModelInfo[];
}

export function createFakeEngine({ prepareFailures = 0, slots = 1, own = fakeEngineInfo.models, more = [] }: FakeEngineOptions = {}): FakeEngine {
  const begun: string[] = [];
  const heardWith: string[] = [];
  const loaded: string[] = [];
  const runs = new Map<string, number>();
  let failuresLeft = prepareFailures;
  let aborted = 0;
  // All recordings that are at work share it, until it dies.
  let shared = new AbortController();
  const die = (dying: AbortController): void => {
    dying.abort();
    if (shared === dying) shared = new AbortController();
  };
  const nextRun = (script: string): number => {
    runs.set(script, (runs.get(script) ?? 0) + 1);
    return runs.get(script) ?? 0;
  };
  return {
    begun,
    heardWith,
    loaded,
    get aborted() {
      return aborted;
    },
    prepare: async () => {
      if (failuresLeft-- > 0) throw new AppError('engine_unavailable', 'The fake engine was told not to load.');
      return { ...fakeEngineInfo, models: [...own, ...more] };
    },
    transcribe: async (recording, { model }, signal, onEvent, finished = []) => {
      begun.push(recording.name);
      heardWith.push(model);
      const own = shared;
      signal.addEventListener('abort', () => {
        aborted++;
        if (isOverdue(signal)) die(own);
      });
      const script = await readScript(recording);
      const run = nextRun(script.text);
      const crash = () => die(own);
      return await perform({ script, run, signal: AbortSignal.any([signal, own.signal]), crash, onEvent, finished }).catch((cause: unknown) => {
        throw own.signal.aborted && !signal.aborted ? new AppError('engine_crashed', 'The fake engine has crashed.') : cause;
      });
    },
    hearSpeakers: async (recording, _options, signal, onEvent) => {
      begun.push(recording.name);
      heardWith.push('speakers');
      signal.addEventListener('abort', () => aborted++);
      const script = await readScript(recording);
      return await performHearing({ script, run: nextRun(`hear ${script.text}`), signal, onEvent });
    },
    models: async () => [...own, ...more],
    info: () => null,
    slots: () => slots,
    loadModel: async (id) => void loaded.push(id),
    close: async () => undefined,
  };
}

const isOverdue = ({ reason }: AbortSignal): boolean => reason instanceof AppError && reason.code === 'execution_timeout';

interface Script {
  readonly text: string;
  readonly settings: ReadonlyMap<string, string>;
}

async function readScript({ path: file, name }: RecordingFile): Promise<Script> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(SCRIPT_HEAD_BYTES), 0, SCRIPT_HEAD_BYTES, 0);
  const text = /fake\{[^}]*\}/.exec(`${name} ${buffer.toString('latin1', 0, bytesRead)}`)?.[0] ?? '';
  const pairs = text.slice('fake{'.length, -1).split(',').filter(Boolean);
  return { text, settings: new Map(pairs.map((pair) => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)])) };
}

interface Performance {
  readonly script: Script;
  readonly run: number;
  readonly signal: AbortSignal;
  readonly crash: () => void;
  readonly onEvent: (event: SpeechEvent) => void;
  readonly finished: readonly WindowResult[];
}

async function perform({ script: { settings }, run, signal, crash, onEvent, finished }: Performance): Promise<Transcript> {
  const number = (name: string, fallback: number) => Number(settings.get(name) ?? fallback);
  const troubled = run <= number('times', Number.POSITIVE_INFINITY);
  const count = number('windows', 2);
  const startedAt = new Date();
  const windows: WindowResult[] = [...finished];
  const goWrong = async (index: number): Promise<void> => {
    if (index === number('crash-after', -1)) crash();
    if (index === number('hang-after', -1)) await untilAborted(signal);
    if (index === 1) await dieAt(settings.get('kill-at'), { lose: settings.get('lose'), signal, onEvent });
  };
  if (troubled) failIfAsked(settings.get('fail'));
  onEvent({ type: 'stage', stage: 'decode' });
  onEvent({ type: 'stage', stage: 'recognise' });
  for (let index = windows.length; index <= count; index++) {
    if (troubled) await goWrong(index);
    if (signal.aborted) throw cancelled();
    if (index === count) break;
    await pause(number('step-ms', 0), signal);
    const window = makeWindow(index, settings.get('text')?.replaceAll('_', ' ') ?? `Fake window ${index}.`);
    windows.push(window);
    const computed = settings.get('computed');
    if (computed) appendFileSync(computed, `${index}\n`);
    onEvent({ type: 'window', window });
    onEvent({ type: 'progress', progress: { doneSec: window.end, totalSec: count * WINDOW_SEC } });
    if (index === 0) await untilExists(settings.get('wait-for'), signal);
  }
  giveEvidence(number('evidence', 0), onEvent);
  return makeTranscript(windows, startedAt);
}

/** Two speakers, one after the other, each for half of the recording. */
async function performHearing({ script: { settings }, run, signal, onEvent }: Omit<Performance, 'finished' | 'crash'>): Promise<Transcript> {
  const number = (name: string, fallback: number) => Number(settings.get(name) ?? fallback);
  const count = number('windows', 2);
  const startedAt = new Date();
  onEvent({ type: 'stage', stage: 'diarize' });
  if (run <= number('hear-times', Number.POSITIVE_INFINITY)) failIfAsked(settings.get('hear-fail'));
  for (let index = 0; index < count; index++) {
    await pause(number('step-ms', 0), signal);
    onEvent({ type: 'progress', progress: { doneSec: (index + 1) * WINDOW_SEC, totalSec: count * WINDOW_SEC } });
    if (index === 0) await untilExists(settings.get('hear-wait-for'), signal);
  }
  giveEvidence(number('evidence', 0), onEvent);
  const half = (count * WINDOW_SEC) / 2;
  const transcript = makeTranscript([], startedAt);
  return {
    ...transcript,
    durationSec: 2 * half,
    speakers: ['S1', 'S2'].map((id) => ({ id, name: null, seconds: half })),
    turns: ['S1', 'S2'].map((speaker, index) => ({ speaker, start: index * half, end: (index + 1) * half })),
  };
}

function giveEvidence(bytes: number, onEvent: (event: SpeechEvent) => void): void {
  if (bytes > 0) onEvent({ type: 'evidence', evidence: new Uint8Array(bytes).map((_, index) => index % 251) });
}

function failIfAsked(code: string | undefined): void {
  if (code === undefined) return;
  if (!isErrorCode(code)) throw new Error(`The script asks for an unknown error code: ${code}`);
  throw new AppError(code, `The fake engine was told to fail with ${code}.`);
}

type Death = Pick<Performance, 'signal' | 'onEvent'> & { readonly lose: string | undefined };

async function dieAt(file: string | undefined, { lose, signal, onEvent }: Death): Promise<void> {
  if (file === undefined) return;
  onEvent({ type: 'progress', progress: { doneSec: WINDOW_SEC, totalSec: 1_000_000 + process.pid } });
  await untilExists(file, signal);
  rmSync(file);
  if (lose) rmSync(lose, { recursive: true, force: true });
  process.kill(process.pid, 'SIGKILL');
}

const cancelled = (): AppError => new AppError('cancelled', 'The transcription was cancelled.');

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {
    throw cancelled();
  });
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  if (signal.aborted) throw cancelled();
  return await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(cancelled()), { once: true }));
}

async function untilExists(file: string | undefined, signal: AbortSignal): Promise<void> {
  if (file === undefined) return;
  const watching = new AbortController();
  const appeared = new Promise<void>((resolve) => {
    watch(path.dirname(file), { signal: watching.signal }, () => existsSync(file) && resolve());
    if (existsSync(file)) resolve();
  });
  await Promise.race([appeared, untilAborted(signal)]).finally(() => watching.abort());
}

const makeWindow = (index: number, text: string): WindowResult => {
  const [start, end] = [index * WINDOW_SEC, (index + 1) * WINDOW_SEC];
  return { index, start, end, segments: [{ start, end, text, avgLogProb: -0.1 }], warnings: [] };
};

function makeTranscript(windows: readonly WindowResult[], startedAt: Date): Transcript {
  const durationSec = windows.length * WINDOW_SEC;
  const finishedAt = new Date();
  const wallMs = Math.max(1, finishedAt.getTime() - startedAt.getTime());
  return {
    version: 1,
    language: 'en',
    durationSec,
    speechSec: durationSec,
    segments: windows.flatMap(({ segments }) => segments),
    warnings: [],
    provenance: {
      engine: 'fake-engine',
      model: { id: defaultOptions.model, files: [] },
      device: 'cpu',
      threads: 1,
      decoder: 'none',
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      steps: [{ step: 'recognise', wallMs }],
      timesRealTime: (durationSec * 1000) / wallMs,
    },
  };
}
