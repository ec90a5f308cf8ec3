import path from 'node:path';
import { exportFileName, exportKinds, safeName } from '@bulk-transcribe/export';
import type { ExportFormat } from '@bulk-transcribe/protocol';
import type { Input } from './find-inputs.ts';

/** One file to write. */
export interface Output {
  readonly format: ExportFormat;
  /** Below the output folder, with `/` on every system. */
  readonly file: string;
}

/** The same without ending: what the outputs of one input have in common. */
type Stem = string;

/** Some file systems do not tell upper from lower case. */
const key = (stem: Stem): string => stem.toLowerCase();

/**
 * Where the transcripts of each input go: into the folders that it was found in, under its name. Inputs of the same name (in different
 * formats, or of folders that were named one beside the other) are numbered: `talk.txt`, `talk (2).txt`. Those that have been
 * transcribed before (`earlier`) keep their name, whoever has come since. Pure.
 */
export function planOutputs(inputs: readonly Input[], formats: readonly ExportFormat[], earlier: (input: Input) => Stem | null): Output[][] {
  const taken = new Set<string>();
  const take = (stem: Stem): Stem => {
    taken.add(key(stem));
    return stem;
  };
  const kept = inputs.map((input) => {
    const stem = earlier(input);
    return stem === null || taken.has(key(stem)) ? null : take(stem);
  });
  const stems = inputs.map((input, index) => kept[index] ?? take(freeStem(stemOf(input), taken)));
  return stems.map((stem) => formats.map((format) => ({ format, file: `${stem}.${exportKinds[format].extension}` })));
}

function freeStem(stem: Stem, taken: ReadonlySet<string>): Stem {
  const numbered = (n: number) => (n > 1 ? `${stem} (${n})` : stem);
  let n = 1;
  while (taken.has(key(numbered(n)))) n += 1;
  return numbered(n);
}

const stemOf = ({ name, within }: Input): Stem => [...within.map(safeName), withoutEnding(exportFileName(name, 'txt'))].join('/');

export const withoutEnding = (file: string): Stem => file.slice(0, file.length - path.extname(file).length);
