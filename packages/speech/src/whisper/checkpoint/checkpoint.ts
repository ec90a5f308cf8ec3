/** A Whisper checkpoint in Hugging Face layout: what it is, how large, and the door to its weights. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { alignmentHeads } from './alignment-heads.ts';
import { type Dimensions, readDimensions } from './dimensions.ts';
import type { SpecialTokens, WhisperFacts } from './facts.ts';
import { isCount, type JsonObject, readJsonFile, readOptionalJsonFile } from './json-file.ts';
import { isMultilingual, specialTokens, TIMESTAMPS } from './special-tokens.ts';
import { ADDED_TOKENS, readTokenNames, TOKENIZER } from './token-names.ts';
import { weightFiles } from './weights.ts';

const GENERATION = 'generation_config.json';
/** OpenAI's default: 1 s, in steps of 0.02 s. */
const MAX_INITIAL_TIMESTAMP = 50;

export interface Checkpoint {
  readonly folder: string;
  readonly dimensions: Dimensions;
  readonly facts: Omit<WhisperFacts, 'files'>;
  /** Names of all files that decide what the model does. */
  readonly files: readonly string[];
}

/** Reads all but the weights. `engine_unavailable` says which file is missing or wrong. */
export function readCheckpoint(folder: string): Checkpoint {
  const dimensions = readDimensions(folder);
  const { vocabulary, mels, contextTokens } = dimensions;
  const config = readJsonFile(folder, 'config.json');
  // Fine-tunes without a generation config keep some of its keys in config.json, as all checkpoints once did.
  const generation: JsonObject = { ...config, ...readOptionalJsonFile(folder, GENERATION) };
  const multilingual = isMultilingual(generation, vocabulary);
  const tokens = specialTokens(readTokenNames(folder), generation, { multilingual, vocabulary });
  const latest = generation['max_initial_timestamp_index'];
  const facts = {
    multilingual,
    mels,
    vocabulary,
    contextTokens,
    tokens,
    suppress: suppressed(generation, tokens, vocabulary),
    neverText: neverText(tokens, vocabulary),
    suppressFirst: idsIn(generation['begin_suppress_tokens'], vocabulary),
    alignmentHeads: alignmentHeads(generation['alignment_heads'], dimensions.decoder),
    maxInitialTimestamp: isCount(latest) ? latest : MAX_INITIAL_TIMESTAMP,
    tokenizerFile: path.join(folder, TOKENIZER),
  };
  const optional = [GENERATION, ADDED_TOKENS].filter((name) => existsSync(path.join(folder, name)));
  return { folder, dimensions, facts, files: ['config.json', TOKENIZER, ...optional, ...weightFiles(folder)] };
}

/** Tokens that only ever stand in a prompt, and rows beyond the vocabulary that pad the table. */
function neverText({ sot, transcribe, translate, startOfPrev, startOfLm, noSpeech, timestampBegin }: SpecialTokens, vocabulary: number): number[] {
  const special = [sot, transcribe, translate, startOfPrev, startOfLm, noSpeech].filter((id) => id !== null);
  const end = timestampBegin + TIMESTAMPS;
  return [...special, ...Array.from({ length: vocabulary - end }, (_, index) => end + index)];
}

/** OpenAI's list: what the config names beside them. */
function suppressed(generation: JsonObject, tokens: SpecialTokens, vocabulary: number): number[] {
  // An exact port needs noTimestamps where timestamps are off: only the rules for timestamps forbid it.
  const listed = idsIn(generation['suppress_tokens'], vocabulary).filter((id) => id !== tokens.noTimestamps);
  return [...new Set([...listed, ...neverText(tokens, vocabulary)])].sort((a, b) => a - b);
}

const idsIn = (value: unknown, vocabulary: number): number[] => (Array.isArray(value) ? value.filter((id) => isCount(id) && id < vocabulary) : []);
