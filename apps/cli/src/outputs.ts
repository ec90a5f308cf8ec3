import { access, constants, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportFileName, exportKinds } from '@bulk-transcribe/export';
import { AppError, type ExportFormat, type Transcript } from '@bulk-transcribe/protocol';

/** One file to write. */
export interface Output {
  readonly format: ExportFormat;
  readonly target: string;
}

interface PlanOptions {
  readonly folder: string;
  readonly formats: readonly ExportFormat[];
}

/**
 * Where the transcripts of each input go. Inputs of the same name (of different folders, or in different formats)
 * are numbered: `talk.txt`, `talk (2).txt`. Pure.
 */
export function planOutputs(inputs: readonly string[], { folder, formats }: PlanOptions): Output[][] {
  const taken = new Set<string>();
  return inputs.map((input) => {
    const names = (n: number) =>
      formats.map((format) => {
        const { name, ext } = path.parse(exportFileName(path.basename(input), exportKinds[format].extension));
        return { format, target: path.join(folder, `${name}${n > 1 ? ` (${n})` : ''}${ext}`) };
      });
    // Some file systems do not tell upper from lower case.
    const key = ({ target }: Output) => target.toLowerCase();
    let n = 1;
    while (names(n).some((output) => taken.has(key(output)))) n += 1;
    const outputs = names(n);
    for (const output of outputs) taken.add(key(output));
    return outputs;
  });
}

/** Makes the folder; throws before any work is done where nothing could be written into it. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AppError('invalid_request', `Nothing can be written to ${folder} (${code}). Choose another folder with --out.`, { cause });
  }
}

/** Throws where a transcript lies already: it may have been corrected by hand. */
export async function requireNew(outputs: readonly Output[]): Promise<void> {
  for (const { target } of outputs) {
    const exists = await stat(target).then(
      () => true,
      () => false,
    );
    if (exists) throw new AppError('conflict', `${target} exists already; --overwrite replaces it.`);
  }
}

export async function writeOutputs(transcript: Transcript, name: string, outputs: readonly Output[]): Promise<void> {
  for (const { format, target } of outputs) {
    await writeFile(target, await exportKinds[format].render(transcript, name));
    console.error(`  ${target}`);
  }
}
