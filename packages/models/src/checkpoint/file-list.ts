/** Which files of a repository make a checkpoint that the engine can load. */
import { AppError } from '@bulk-transcribe/protocol';

export const CONFIG = 'config.json';
const TOKENIZER = 'tokenizer.json';
export const WEIGHTS = 'model.safetensors';
/** Says which shard holds which tensor. */
export const WEIGHTS_INDEX = 'model.safetensors.index.json';

const needed = [CONFIG, TOKENIZER];
/** Taken where there are. */
const useful = ['generation_config.json', 'preprocessor_config.json', 'added_tokens.json', 'normalizer.json'];

export interface FileList {
  /** Few and small, and they tell which of the others are needed: fetched first. */
  readonly first: readonly string[];
  /** Without the shards that the index names. */
  readonly rest: readonly string[];
}

/** Pure. AppError model_unsupported says what is missing. `what`: whose files they are, for people. */
export function chooseFiles(files: readonly string[], what: string): FileList {
  const has = (name: string) => files.includes(name);
  const missing = needed.filter((name) => !has(name));
  if (missing.length > 0) throw new AppError('model_unsupported', `${what} has no ${missing.join(' and no ')}.`);
  const weights = [WEIGHTS, WEIGHTS_INDEX].find(has);
  if (weights === undefined) throw new AppError('model_unsupported', `${what} has no weights as safetensors (no ${WEIGHTS}).`);
  const others = [TOKENIZER, ...useful.filter(has)];
  return weights === WEIGHTS ? { first: [CONFIG], rest: [...others, WEIGHTS] } : { first: [CONFIG, WEIGHTS_INDEX], rest: others };
}

/** The shards that an index names, each once. Pure. AppError model_unsupported. */
export function shardsOf(indexText: string, what: string): string[] {
  const index = parse(indexText, `${what}: ${WEIGHTS_INDEX}`) as { weight_map?: Record<string, unknown> };
  const shards = [...new Set(Object.values(index.weight_map ?? {}))];
  if (shards.length === 0) throw new AppError('model_unsupported', `${what}: ${WEIGHTS_INDEX} names no shard.`);
  return shards.map((name) => plainName(name, what));
}

/** Throws model_unsupported unless `name` is a file right in the folder: nothing we write ever leaves it. */
function plainName(name: unknown, what: string): string {
  if (typeof name === 'string' && /^[A-Za-z0-9][\w.-]{0,198}\.safetensors$/.test(name)) return name;
  throw new AppError('model_unsupported', `${what}: ${JSON.stringify(name)} cannot be the name of a shard.`);
}

/** Throws model_unsupported where a config is not that of a Whisper. */
export function requireWhisper(configText: string, what: string): void {
  const { model_type: type } = parse(configText, `${what}: ${CONFIG}`) as { model_type?: unknown };
  if (type !== 'whisper') throw new AppError('model_unsupported', `${what} is no Whisper checkpoint (model_type ${JSON.stringify(type ?? null)}).`);
}

function parse(text: string, what: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw new AppError('model_unsupported', `${what} is not JSON.`, { cause });
  }
  throw new AppError('model_unsupported', `${what} is not an object.`);
}
