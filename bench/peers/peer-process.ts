/** faster-whisper in a process that stays loaded: a request a line, an answer a line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { withoutAllocator } from '../as-the-engine.ts';
import type { PeerEnvironment } from './environment.ts';

export interface PeerRequest {
  /** WAV, 16 kHz, mono, 16 bit. */
  readonly files: readonly string[];
  readonly languages: readonly (string | null)[];
  /** Windows in batches, else one after the other. */
  readonly batched: boolean;
  /** As `transcribe` of faster-whisper takes them. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface PeerAnswer {
  readonly wallSec: number;
  readonly cpuSec: number;
  readonly texts: readonly string[];
}

export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  constructor({ python, weights }: PeerEnvironment, threads: number) {
    const script = path.join(import.meta.dirname, 'faster_whisper_peer.py');
    const child = spawn(python, [script, weights, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'], env: withoutAllocator() });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
  }

  /** Rejects where the process ends in the place of an answer. */
  async ask(request: PeerRequest): Promise<PeerAnswer> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`faster-whisper ended with exit code ${code}; what it said is above.`);
    });
    const [line] = await Promise.race([once(this.#lines, 'line'), ended]);
    return JSON.parse(String(line)) as PeerAnswer;
  }

  close(): void {
    this.#child.kill();
  }
}
