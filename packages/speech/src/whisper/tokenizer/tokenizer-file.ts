/** Reads the parts of a `tokenizer.json` (Hugging Face) that a byte-level BPE needs. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';
import type { MergeRanks } from './merge-pairs.ts';

export interface Vocabulary {
  /** Token → id; tokens in the letters of the byte alphabet. */
  readonly ids: ReadonlyMap<string, number>;
  readonly ranks: MergeRanks;
  /** Ids of control tokens: they carry no text. */
  readonly control: ReadonlySet<number>;
}

/** Rejects with engine_unavailable when the file is missing, damaged, or of another kind of tokenizer. */
export async function readVocabulary(file: string): Promise<Vocabulary> {
  const name = path.basename(file);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('engine_unavailable', `The tokenizer ${name} of the model cannot be read.`, { cause });
  });
  const vocabulary = vocabularyOf(parse(text));
  if (!vocabulary) throw new AppError('engine_unavailable', `${name} does not hold a byte-level BPE tokenizer, as a Whisper model has one.`);
  return vocabulary;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function vocabularyOf(json: unknown): Vocabulary | null {
  if (!isRecord(json) || !isRecord(json['model'])) return null;
  const { vocab, merges } = json['model'];
  if (!isRecord(vocab) || !Array.isArray(merges) || !Array.isArray(json['added_tokens'])) return null;
  const ids = Object.entries(vocab);
  const pairs = merges.map(pairOf);
  const control = json['added_tokens'].map((token: unknown) => (isRecord(token) ? token['id'] : null));
  if (!ids.every((entry): entry is [string, number] => isId(entry[1]))) return null;
  if (!pairs.every((pair) => pair !== null) || !control.every(isId)) return null;
  return { ids: new Map(ids), ranks: new Map(pairs.map((pair, rank) => [pair, rank])), control: new Set(control) };
}

/** A pair is an array of two; in files of older libraries it is text already. */
function pairOf(merge: unknown): string | null {
  if (typeof merge === 'string') return merge;
  return Array.isArray(merge) && merge.length === 2 ? merge.join(' ') : null;
}

const isId = (value: unknown): value is number => Number.isInteger(value);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
