/** One call's recordings: which are still to be done, and what becomes of a transcript. Where it is made is another's concern. */
import { exportKinds } from '@bulk-transcribe/export';
import { AppError, type ExportFormat, type Transcript } from '@bulk-transcribe/protocol';
import { sha256Of } from '@bulk-transcribe/speech';
import { print } from '../standard-output.ts';
import { type Input, requireFile } from './find-inputs.ts';
import type { Checkpoint, OutputFolder, Work } from './output-folder.ts';
import type { Output } from './plan-outputs.ts';
import { planOutputs } from './plan-outputs.ts';
import type { Place, Progress, Step } from './progress.ts';
import type { Report, WrittenOutput } from './report.ts';
import { TimeLeft } from './time-left.ts';

/** A recording that is still to be transcribed. */
export interface Pending {
  readonly input: Input;
  /** Counts from 1. */
  readonly number: number;
  readonly work: Work;
  /** What is to be written; none where the text goes to standard output. */
  readonly outputs: readonly Output[];
}

export interface BatchOptions {
  readonly inputs: readonly Input[];
  readonly formats: readonly ExportFormat[];
  /** Null: to standard output. */
  readonly folder: OutputFolder | null;
  /** Hash of the options. */
  readonly options: string;
  readonly overwrite: boolean;
  /** Also what is done. */
  readonly again: boolean;
  readonly report: Report;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export class Batch {
  readonly #options: BatchOptions;
  readonly #timeLeft: TimeLeft;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#timeLeft = new TimeLeft(options.inputs);
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  /** Hash of the options. */
  get options(): string {
    return this.#options.options;
  }

  /** In order. What is done already, or cannot be, is reported on the way. */
  async *pending(): AsyncGenerator<Pending> {
    const { inputs, formats, folder, signal } = this.#options;
    const plan = folder ? planOutputs(inputs, formats, folder.stemOf) : [];
    for (const [index, input] of inputs.entries()) {
      if (signal.aborted) return;
      const pending = await this.#prepare(input, index + 1, plan[index] ?? []);
      if (pending) yield pending;
    }
  }

  /** Null where nothing is left to be done; a failure is the recording's alone. */
  async #prepare(input: Input, number: number, outputs: readonly Output[]): Promise<Pending | null> {
    const { folder, options, again, overwrite, report } = this.#options;
    try {
      await requireFile(input);
      const work = { sha256: await sha256Of(input.path, this.signal), options };
      if (!folder) return { input, number, work, outputs: [] };
      const missing = again ? outputs : folder.missing(outputs, work);
      if (missing.length === 0) {
        this.#timeLeft.skip(input);
        await report.tell(input, { status: 'done', outputs: written(folder, outputs) });
        return null;
      }
      if (!overwrite && !again) folder.requireFree(missing);
      if (again) await folder.forgetCheckpoint(work);
      return { input, number, work, outputs: missing };
    } catch (cause) {
      await this.fail(input, cause);
      return null;
    }
  }

  /** Finished windows of a run that was stopped; null where nothing is kept. */
  checkpoint({ work }: Pending): Checkpoint | null {
    return this.#options.folder?.checkpoint(work) ?? null;
  }

  show({ input, number }: Pending, step: Omit<Step, 'name'>): void {
    // How long the work takes says nothing of what comes before it.
    const leftSec = step.doing ? null : this.#timeLeft.after(input, step.total ? step.done / step.total : 0);
    const place: Place = { number, of: this.#options.inputs.length, leftSec };
    this.#options.progress.show({ ...step, name: input.label }, place);
  }

  say(line: string): void {
    this.#options.progress.say(line);
  }

  /** Writes the transcript in all formats, and reports it. A disk that is full is this recording's failure. */
  async finish({ input, work, outputs }: Pending, transcript: Transcript): Promise<void> {
    const { folder, formats, report, progress } = this.#options;
    try {
      const wanted = folder ? outputs.map(({ format }) => format) : formats;
      const contents = await Promise.all(wanted.map((format) => exportKinds[format].render(transcript, input.name)));
      this.#timeLeft.finish(input);
      progress.clear();
      if (folder) await folder.write(input, work, pairs(outputs, contents));
      else for (const content of contents) await print(content);
      await report.tell(input, { status: 'transcribed', outputs: folder ? written(folder, outputs) : [], transcript });
    } catch (cause) {
      await this.fail(input, cause);
    }
  }

  /** Not where the person has stopped it: then it waits for the next call. */
  async fail(input: Input, cause: unknown): Promise<void> {
    if (this.signal.aborted) return;
    this.#timeLeft.skip(input);
    await this.#options.report.tell(input, { status: 'failed', cause: toFileError(cause) });
  }
}

const pairs = (outputs: readonly Output[], contents: readonly (string | Uint8Array)[]) =>
  outputs.flatMap((output, index) => {
    const content = contents[index];
    return content === undefined ? [] : [{ output, content }];
  });

const written = (folder: OutputFolder, outputs: readonly Output[]): WrittenOutput[] =>
  outputs.map((output) => ({ format: output.format, path: folder.target(output) }));

/** What the system says of files is no failure inside of us. */
function toFileError(cause: unknown): unknown {
  const { code, path: file } = cause as NodeJS.ErrnoException;
  if (code === undefined || file === undefined || cause instanceof AppError) return cause;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('disk_full', `There is no room on the disk for ${file}.`, { cause });
  return new AppError('invalid_request', `${file} cannot be read or written (${code}).`, { cause });
}
