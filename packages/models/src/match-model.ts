import { repositoryName } from './model-source.ts';
import { findKnown } from './registry.ts';

/**
 * Which of `names` (folders of models) a person means by a name, an alias or a repository of the hub: “turbo” is large-v3-turbo, and
 * whisper-base, base and openai/whisper-base are one model. What is there under the very name goes first. Null where none is meant.
 */
export function matchModel(text: string, names: readonly string[]): string | null {
  if (names.includes(text)) return text;
  const wanted = identityOf(text);
  return names.find((name) => identityOf(name) === wanted) ?? null;
}

const identityOf = (text: string): string => (findKnown(text) ?? findKnown(repositoryName(text)))?.name ?? text.replace('/', '--').toLowerCase();
