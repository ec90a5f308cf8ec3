/** What the tokenizer calls its tokens beyond text: name → id. */
import { damaged } from './damaged.ts';
import { isCount, isObject, readJsonFile, readOptionalJsonFile } from './json-file.ts';

export const TOKENIZER = 'tokenizer.json';
export const ADDED_TOKENS = 'added_tokens.json';

/** From tokenizer.json, and from added_tokens.json beside it where an older export has one. */
export function readTokenNames(folder: string): Map<string, number> {
  const tokenizer = readJsonFile(folder, TOKENIZER);
  const names = new Map<string, number>();
  const vocabulary = isObject(tokenizer['model']) ? tokenizer['model']['vocab'] : undefined;
  if (!isObject(vocabulary)) throw damaged(TOKENIZER, 'it has no vocabulary');
  for (const [name, id] of Object.entries(vocabulary)) if (name.startsWith('<|') && isCount(id)) names.set(name, id);
  for (const [name, id] of Object.entries(readOptionalJsonFile(folder, ADDED_TOKENS))) if (isCount(id)) names.set(name, id);
  const added = tokenizer['added_tokens'];
  for (const token of Array.isArray(added) ? added : [])
    if (typeof token?.content === 'string' && isCount(token.id)) names.set(token.content, token.id);
  return names;
}
