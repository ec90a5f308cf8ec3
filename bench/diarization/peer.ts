/** sherpa-onnx with our two models, in a process of its own: it brings another build of the same runtime. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { SpeakerTurn } from '@bulk-transcribe/speech';

const PACKAGE = 'sherpa-onnx-node';
const VERSION = '1.13.8';
const models = fileURLToPath(new URL('../../packages/speech/models', import.meta.url));

/** What it asks a model file to say of itself. */
const ABOUT = {
  'segmentation.onnx': {
    num_speakers: '3',
    powerset_max_classes: '2',
    num_classes: '7',
    sample_rate: '16000',
    window_size: '160000',
    receptive_field_size: '991',
    receptive_field_shift: '270',
  },
  'speaker-embedding.onnx': {
    framework: '3d-speaker',
    language: 'Chinese-English',
    sample_rate: '16000',
    output_dim: '192',
    normalize_samples: '1',
    feature_normalize_type: 'global-mean',
  },
} as const;

export interface PeerAnswer {
  readonly turns: readonly SpeakerTurn[];
  readonly cpuSec: number;
  readonly peakMiB: number;
}

export class Peer {
  readonly #process: ChildProcess;
  readonly #ended: Promise<never>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.#ended = once(process, 'exit').then(() => {
      throw new Error('sherpa-onnx ended.');
    });
    // Told to who waits for an answer.
    this.#ended.catch(() => undefined);
  }

  /** Installs it under `folder`, if it is not there. Rejects without a network then. */
  static async start(folder: string): Promise<Peer> {
    const home = path.join(folder, `${PACKAGE}-${VERSION}`);
    await mkdir(home, { recursive: true });
    if (!existsSync(path.join(home, 'node_modules', PACKAGE)))
      await promisify(execFile)('npm', ['install', '--prefix', home, '--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`]);
    const files = await Promise.all(Object.entries(ABOUT).map(([name, about]) => withMetadata(name, about, home)));
    const script = fileURLToPath(new URL('peer-child.ts', import.meta.url));
    const child = fork(script, [path.join(home, 'node_modules', PACKAGE), ...files], { serialization: 'advanced', execArgv: process.execArgv });
    await once(child, 'message');
    return new Peer(child);
  }

  /** Samples of 16 kHz in -1…1. */
  async hear(samples: Float32Array): Promise<PeerAnswer> {
    this.#process.send(samples);
    const [answer] = await Promise.race([once(this.#process, 'message'), this.#ended]);
    return answer as PeerAnswer;
  }

  close(): void {
    this.#process.disconnect();
  }
}

/** A copy of the model that says so: fields of a protocol buffer may stand in any order, so they come last. */
async function withMetadata(name: string, about: Readonly<Record<string, string>>, folder: string): Promise<string> {
  const METADATA = 14;
  const field = (number: number, content: Buffer) => Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);
  const entries = Object.entries(about).map(([key, value]) =>
    field(METADATA, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])),
  );
  const file = path.join(folder, name);
  await writeFile(file, Buffer.concat([await readFile(path.join(models, name)), ...entries]));
  return file;
}
