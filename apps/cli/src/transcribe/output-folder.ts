/**
 * The folder that transcripts are written to, and what it remembers in `.bulk-transcribe`: which transcript was made of which bytes
 * with which options (`done.jsonl`), and the finished windows of what was stopped in the middle (`windows/`). Who deletes that
 * loses no transcript, only what is known about them.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { access, constants, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, defaultOptions, type TranscribeOptions, type WindowResult } from '@bulk-transcribe/protocol';
import { readJsonLines, tryLockDirectory } from '@bulk-transcribe/service';
import type { Input } from './find-inputs.ts';
import { type Output, withoutEnding } from './plan-outputs.ts';

/** What decides whether a transcript would come out the same again. */
export interface Work {
  /** Of the recording's bytes. */
  readonly sha256: string;
  /** Hash of the options. */
  readonly options: string;
}

interface DoneLine extends Work {
  /** From the output folder to the recording, so that both may be moved together. */
  readonly source: string;
  readonly file: string;
}

export interface Checkpoint {
  /** Finished windows from window 0 on. */
  readonly windows: readonly WindowResult[];
  /** Never throws. */
  readonly keep: (window: WindowResult) => void;
}

const MEMORY = '.bulk-transcribe';

export class OutputFolder {
  readonly path: string;
  readonly #memory: string;
  readonly #lock: Disposable;
  readonly #done = new Map<string, DoneLine>();
  readonly #stems = new Map<string, string>();

  private constructor(folder: string, lock: Disposable) {
    this.path = folder;
    this.#memory = path.join(folder, MEMORY);
    this.#lock = lock;
    for (const line of readJsonLines<DoneLine>(this.#doneFile)) this.#remember(line);
  }

  /** Makes the folder. AppError before any work is done, where nothing could be written into it or another process writes to it. */
  static async open(folder: string): Promise<OutputFolder> {
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new AppError('invalid_request', `Nothing can be written to ${folder} (${code}). Choose another folder with --out.`, { cause });
    }
    const lock = tryLockDirectory(path.join(folder, MEMORY));
    if (!lock)
      throw new AppError('conflict', `Another bulk-transcribe writes to ${folder}. Wait until it has ended, or choose another folder with --out.`);
    return new OutputFolder(folder, lock);
  }

  /** Under which name an input was transcribed before. */
  readonly stemOf = (input: Input): string | null => this.#stems.get(this.#sourceOf(input)) ?? null;

  /** Where something else about this folder may be kept. */
  memory(name: string): string {
    return path.join(this.#memory, name);
  }

  target({ file }: Output): string {
    return path.join(this.path, file);
  }

  /** Those that are not there yet, made of just this. */
  missing(outputs: readonly Output[], { sha256, options }: Work): Output[] {
    return outputs.filter((output) => {
      const done = this.#done.get(output.file);
      return done?.sha256 !== sha256 || done.options !== options || !existsSync(this.target(output));
    });
  }

  /** Throws where something else lies there already: it may have been written, or corrected, by hand. */
  requireFree(outputs: readonly Output[]): void {
    const taken = outputs.map((output) => this.target(output)).find(existsSync);
    if (taken !== undefined) throw new AppError('conflict', `${taken} exists already; --overwrite replaces it.`);
  }

  checkpoint(work: Work): Checkpoint {
    const file = this.#windowsFile(work);
    const windows: WindowResult[] = [];
    // A window that was recognised anew, because it lies elsewhere now, puts those from it on out of force.
    for (const window of readJsonLines<WindowResult>(file))
      if (window.index <= windows.length) windows.splice(window.index, Number.POSITIVE_INFINITY, window);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const keep = (window: WindowResult) => {
      try {
        appendFileSync(file, `${JSON.stringify(window)}\n`, { mode: 0o600 });
      } catch {
        // A full disk: the recording goes on, and only a kill would make it begin further back.
      }
    };
    return { windows, keep };
  }

  async forgetCheckpoint(work: Work): Promise<void> {
    await rm(this.#windowsFile(work), { force: true });
  }

  /** All of them or, after a crash in between, what is found missing and made again from the checkpoint. Never half a file. */
  async write(input: Input, work: Work, files: readonly { output: Output; content: string | Uint8Array }[]): Promise<void> {
    for (const { output, content } of files) {
      await mkdir(path.dirname(this.target(output)), { recursive: true });
      await writeFile(this.#part(output), content, { flush: true });
    }
    const lines = files.map(({ output }) => ({ source: this.#sourceOf(input), file: output.file, ...work }));
    await this.#append(lines);
    for (const { output } of files) await rename(this.#part(output), this.target(output));
    await this.forgetCheckpoint(work);
  }

  close(): void {
    this.#lock[Symbol.dispose]();
  }

  get #doneFile(): string {
    return this.memory('done.jsonl');
  }

  #windowsFile({ sha256, options }: Work): string {
    return this.memory(`windows/${sha256}-${options}.jsonl`);
  }

  #part(output: Output): string {
    return `${this.target(output)}.part`;
  }

  #sourceOf({ path: file }: Input): string {
    return path.relative(this.path, file).replaceAll(path.sep, '/');
  }

  #remember(line: DoneLine): void {
    this.#done.set(line.file, line);
    this.#stems.set(line.source, withoutEnding(line.file));
  }

  async #append(lines: readonly DoneLine[]): Promise<void> {
    await using handle = await open(this.#doneFile, 'a', 0o600);
    await handle.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await handle.sync();
    for (const line of lines) this.#remember(line);
  }
}

/** Only what differs from the defaults counts, so that an option that comes with a later version makes nothing undone. */
export function hashOptions(options: TranscribeOptions): string {
  const usual: Readonly<Record<string, unknown>> = defaultOptions;
  const chosen = Object.entries(options)
    .filter(([name, value]) => name === 'model' || JSON.stringify(value) !== JSON.stringify(usual[name]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(chosen)).digest('hex').slice(0, 16);
}
