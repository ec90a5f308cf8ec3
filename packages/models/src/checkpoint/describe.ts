/** What the files of a checkpoint on disk tell about it, without loading its weights. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';
import { sizeOfFiles } from '../folder-size.ts';
import { expectedMemory } from '../memory.ts';
import { CONFIG, chooseFiles, requireWhisper, shardsOf, WEIGHTS, WEIGHTS_INDEX } from './file-list.ts';
import { countParameters } from './tensor-count.ts';

export interface CheckpointFacts {
  readonly bytes: number;
  /** Empty where it does not say. */
  readonly languages: readonly string[];
  readonly parameters: number | null;
  readonly memoryBytes: number | null;
  /** Why it cannot be used; null = as far as its files tell, it can. */
  readonly problem: string | null;
}

interface Config {
  readonly decoder_layers?: number;
  readonly d_model?: number;
  readonly vocab_size?: number;
}

/** Below it there is no token of a language: the vocabulary of the English models (openai/whisper). */
const MULTILINGUAL_VOCABULARY = 51_865;

/** Any folder with a config or weights in it is one, whole or not. */
export const looksLikeCheckpoint = (files: readonly string[]): boolean => files.some((name) => [CONFIG, WEIGHTS, WEIGHTS_INDEX].includes(name));

/** Never throws for what is wrong with the checkpoint: `problem` says it. */
export async function describeCheckpoint(folder: string): Promise<CheckpointFacts> {
  const files = await readdir(folder);
  const nothing = { bytes: await sizeOfFiles(folder), languages: [], parameters: null, memoryBytes: null };
  try {
    return { ...nothing, ...(await readFacts(folder, files)), problem: null };
  } catch (cause) {
    const problem = cause instanceof AppError ? cause.message : `Its files cannot be read (${(cause as NodeJS.ErrnoException).code}).`;
    return { ...nothing, problem };
  }
}

async function readFacts(folder: string, files: readonly string[]): Promise<Pick<CheckpointFacts, 'languages' | 'parameters' | 'memoryBytes'>> {
  const read = (name: string): Promise<string> => readFile(path.join(folder, name), 'utf8');
  chooseFiles(files, 'It');
  const configText = await read(CONFIG);
  requireWhisper(configText, 'It');
  const config = JSON.parse(configText) as Config;
  const weights = files.includes(WEIGHTS) ? [WEIGHTS] : shardsOf(await read(WEIGHTS_INDEX), 'It');
  const counts = await Promise.all(weights.map((name) => countOf(folder, name)));
  const parameters = counts.reduce((total, count) => total + count, 0);
  const { decoder_layers: decoderLayers, d_model: width } = config;
  const memoryBytes = decoderLayers && width ? expectedMemory({ parameters, decoderLayers, width }) : null;
  const generation = files.includes('generation_config.json') ? await read('generation_config.json') : '{}';
  return { languages: languagesOf(config, generation), parameters, memoryBytes };
}

async function countOf(folder: string, name: string): Promise<number> {
  const count = await countParameters(path.join(folder, name)).catch(() => null);
  if (count === null) throw new AppError('model_unsupported', `${name} is damaged or missing.`);
  return count;
}

/** `{"<|en|>": 50259, …}` in the generation config of the multilingual ones. */
function languagesOf({ vocab_size: vocabulary = 0 }: Config, generationText: string): string[] {
  if (vocabulary > 0 && vocabulary < MULTILINGUAL_VOCABULARY) return ['en'];
  try {
    const { lang_to_id: ids = {} } = JSON.parse(generationText) as { lang_to_id?: Record<string, number> };
    return Object.keys(ids).map((token) => token.replaceAll(/^<\||\|>$/g, ''));
  } catch {
    return [];
  }
}
