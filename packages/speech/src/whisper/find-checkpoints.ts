/** Whisper checkpoints that somebody put, or linked, into the folder of models. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, type ModelInfo, toAppError } from '@bulk-transcribe/protocol';
import { readCheckpoint } from './checkpoint/checkpoint.ts';
import type { WhisperFacts } from './checkpoint/facts.ts';

/** A folder that looks like a checkpoint: either what it can do, or what is wrong with it. */
export interface FoundCheckpoint {
  readonly id: string;
  readonly folder: string;
  readonly info: ModelInfo | null;
  readonly problem: AppError | null;
}

/** In order of name. A folder counts that holds a `config.json`; hidden ones are ours. */
export async function findCheckpoints(modelsDir: string): Promise<FoundCheckpoint[]> {
  const names = existsSync(modelsDir) ? await readdir(modelsDir) : [];
  return names
    .filter((name) => !name.startsWith('.') && existsSync(path.join(modelsDir, name, 'config.json')))
    .toSorted()
    .map((id) => look(id, path.join(modelsDir, id)));
}

function look(id: string, folder: string): FoundCheckpoint {
  try {
    const { facts, files } = readCheckpoint(folder);
    const missing = files.find((file) => !existsSync(path.join(folder, file)));
    if (missing) throw new AppError('engine_unavailable', `${missing} is missing.`);
    return { id, folder, info: { ...infoOf(id, facts), license: licenseOf(folder) }, problem: null };
  } catch (cause) {
    const { message } = toAppError(cause);
    return { id, folder, info: null, problem: new AppError('engine_unavailable', `The model folder “${id}” cannot be used: ${message}`, { cause }) };
  }
}

const infoOf = (
  id: string,
  { multilingual, tokens, alignmentHeads }: Pick<WhisperFacts, 'multilingual' | 'tokens' | 'alignmentHeads'>,
): Omit<ModelInfo, 'license'> => ({
  id,
  name: `Whisper (${id})`,
  languages: multilingual ? [...tokens.languages.keys()] : ['en'],
  wordTimes: alignmentHeads.length > 0,
  prompt: true,
  translation: tokens.translate !== null && multilingual,
  default: false,
});

/** A checkpoint does not say; the record of its installation may. */
function licenseOf(folder: string): string {
  try {
    const { license } = JSON.parse(readFileSync(path.join(folder, 'bulk-transcribe.json'), 'utf8')) as { license?: unknown };
    return typeof license === 'string' ? license : 'unknown';
  } catch {
    return 'unknown';
  }
}
