/** Installations over a line and from a hub that fail at random, by a seed; after every try nothing half or wrong may be there. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError, type ErrorCode } from '@bulk-transcribe/protocol';
import { tryLockDirectory } from '@bulk-transcribe/service';
import { hubSource, ModelStore } from '../../src/index.ts';
import { type Asked, type Fault, type Repository, TestHub } from '../test-hub.ts';
import { COMMIT, checkpoint, sharded } from '../tiny-checkpoint.ts';

export interface SoakResult {
  readonly installations: number;
  /** Tries that were needed, those that were called off included. */
  tries: number;
  faults: number;
  calledOff: number;
  /** Tries that ended with an error of the list. */
  errors: number;
  sentBytes: number;
  neededBytes: number;
  /** What must not be: a folder of the model that is not whole or not right, an error that says nothing. */
  readonly wrong: string[];
}

const MODEL = 'somebody/whisper-of-mine';
const NAME = 'somebody--whisper-of-mine';
/** How often a request goes wrong, in percent, while a model is hard to get. */
const FAULTY = 45;
/** Of a hundred tries so many are called off in the middle. */
const CALLED_OFF = 25;
const SHARDS = ['model-00001-of-00003.safetensors', 'model-00002-of-00003.safetensors', 'model-00003-of-00003.safetensors'];
/** After so many tries the line is good: every model can be had in the end. */
const HARD_TRIES = 12;
const clear: ReadonlySet<ErrorCode> = new Set(['model_download_failed', 'model_unknown', 'model_gated', 'model_busy']);

export async function randomInstalls(installations: number, seed: number): Promise<SoakResult> {
  await using hub = await TestHub.start();
  const random = drawsOf(String(seed));
  const result: SoakResult = { installations, tries: 0, faults: 0, calledOff: 0, errors: 0, sentBytes: 0, neededBytes: 0, wrong: [] };
  for (let n = 0; n < installations; n += 1) await installOne({ hub, random, result, name: `${seed} ${n}` });
  return result;
}

interface Round {
  readonly hub: TestHub;
  readonly random: (below: number) => number;
  readonly result: SoakResult;
  /** Seed and number: what goes wrong follows from it. */
  readonly name: string;
}

async function installOne({ hub, random, result, name }: Round): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bt-soak-models-'));
  const repository = (): Repository => ({ ...(random(3) === 0 ? sharded(SHARDS) : checkpoint(random(1000))), commit: commitOf(random) });
  hub.repositories.set(MODEL, { ...repository(), gated: random(4) === 0 });
  hub.sent.clear();
  for (let attempt = 0; ; attempt += 1) {
    const hard = attempt < HARD_TRIES;
    hub.fault = hard ? randomFault(`${name} ${attempt}`, result) : () => null;
    // Sometimes another version is the newest meanwhile.
    if (attempt > 0 && random(8) === 0) hub.repositories.set(MODEL, repository());
    const installed = await tryOnce({ hub, folder, random, result, hard });
    check({ hub, folder, result, installed, label: `installation ${name}, try ${attempt}` });
    if (installed) break;
    if (!hard) {
      result.wrong.push(`installation ${name} fails on a good line`);
      break;
    }
  }
  const files = Object.entries(hub.repositories.get(MODEL)?.files ?? {}).filter(([name]) => isWanted(name));
  result.neededBytes += files.reduce((sum, [, { bytes }]) => sum + bytes.length, 0);
  result.sentBytes += hub.sent.values().reduce((sum, bytes) => sum + bytes, 0);
  rmSync(folder, { recursive: true, force: true });
}

interface Try extends Omit<Round, 'name'> {
  readonly folder: string;
  readonly hard: boolean;
}

/** A process of its own each time, as far as the disk can tell; true where it ended well. */
async function tryOnce({ hub, folder, random, result, hard }: Try): Promise<boolean> {
  const proxies = { http: '', https: '', except: '' };
  // Where nothing goes wrong on purpose, a busy machine must not look like a silent line.
  const timeouts = { connectMs: 60_000, headersMs: 60_000, silenceMs: hard ? 100 : 60_000 };
  await using store = new ModelStore({
    folder,
    hub: { endpoint: hub.url, token: hub.token, offline: false, proxies, timeouts },
    lock: tryLockDirectory,
    wait: async (_, signal) => signal.throwIfAborted(),
  });
  result.tries += 1;
  const stop = new AbortController();
  const reason = new Error('called off');
  const stopAt = hard && random(100) < CALLED_OFF ? random(400_000) : Number.POSITIVE_INFINITY;
  const onProgress = ({ doneBytes }: { doneBytes: number }) => void (doneBytes >= stopAt && stop.abort(reason));
  try {
    await store.install(hubSource(MODEL), { signal: stop.signal, onProgress });
    return true;
  } catch (cause) {
    if (cause === reason) result.calledOff += 1;
    else if (cause instanceof AppError && clear.has(cause.code)) result.errors += 1;
    else result.wrong.push(`unclear error: ${cause}`);
    return false;
  }
}

/** Either there is no model, or it is the hub's, byte by byte. */
function check({ hub, folder, result, installed, label }: Pick<Try, 'hub' | 'folder' | 'result'> & { installed: boolean; label: string }): void {
  const model = path.join(folder, NAME);
  if (existsSync(model) !== installed) result.wrong.push(`${label}: ${installed ? 'no model' : 'a half model'}`);
  if (!installed || !existsSync(model)) return;
  const { files = {}, commit } = hub.repositories.get(MODEL) ?? {};
  const there = readdirSync(model).filter((name) => name !== 'bulk-transcribe.json');
  const missing = Object.keys(files).filter((name) => isWanted(name) && !there.includes(name));
  const differing = there.filter((name) => !files[name]?.bytes.equals(readFileSync(path.join(model, name))));
  if (missing.length + differing.length > 0) result.wrong.push(`${label}: missing ${missing}, wrong ${differing}`);
  const record = JSON.parse(readFileSync(path.join(model, 'bulk-transcribe.json'), 'utf8')) as { commit: string };
  if (record.commit !== commit) result.wrong.push(`${label}: the record names another commit`);
}

const isWanted = (name: string): boolean => name !== 'README.md' && name !== 'pytorch_model.bin';
const commitOf = (random: Round['random']): string => COMMIT.replace('0123', random(65_536).toString(16).padStart(4, '0'));

/** Follows from the request and how many there were of it, not from the order in which files that come side by side ask. */
function randomFault(name: string, result: SoakResult): (asked: Asked) => Fault | null {
  const asked = new Map<string, number>();
  return ({ door, file }) => {
    const request = `${name} ${door} ${file}`;
    const count = (asked.get(request) ?? 0) + 1;
    asked.set(request, count);
    const random = drawsOf(`${request} ${count}`);
    if (random(100) >= FAULTY) return null;
    result.faults += 1;
    const after = random(300_000);
    const anywhere: Fault[] = [
      { kind: 'status', status: [429, 500, 502, 503, 504][random(5)] ?? 500 },
      { kind: 'status', status: 429, headers: { 'retry-after': String(random(60)) } },
      { kind: 'reset' },
    ];
    const withBody: Fault[] = [
      { kind: 'cut', after },
      { kind: 'short', after },
      { kind: 'corrupt', at: after },
      { kind: 'corrupt', at: random(100) },
      { kind: 'long' },
      { kind: 'whole' },
      { kind: 'status', status: 403 },
    ];
    // A silent line costs its limit each time.
    if (door === 'bytes' && random(60) === 0) return { kind: 'silent', after };
    const possible = door === 'bytes' ? [...anywhere, ...withBody] : anywhere;
    return possible[random(possible.length)] ?? null;
  };
}

/** Even numbers from 0 up to `below`, the same for the same name. */
function drawsOf(name: string): (below: number) => number {
  let drawn = 0;
  return (below) => {
    drawn += 1;
    return createHash('sha1').update(`${name} ${drawn}`).digest().readUInt32LE() % below;
  };
}

export function summary(result: SoakResult): string {
  const { installations, tries, faults, calledOff, errors, sentBytes, neededBytes, wrong } = result;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return (
    `soak:models: ${installations} models installed in ${tries} tries over ${faults} faults (${calledOff} called off, ${errors} ended with a clear error); ` +
    `${megabytes(sentBytes)} MB sent for ${megabytes(neededBytes)} MB; ${wrong.length} half, wrong or unclear`
  );
}
