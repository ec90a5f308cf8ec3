/** The models that are known by a short name: `models.json`. Any other repository of the hub, and any folder, can be installed as well. */
import type { KnownModel } from '@bulk-transcribe/protocol';
import registry from '../models.json' with { type: 'json' };
import { expectedMemory } from './memory.ts';

type Entry = (typeof registry)['models'][number];

const languageSets: Readonly<Record<string, readonly string[]>> = registry.languages;

/** In the order of the file: by family, then by size. */
export const knownModels: readonly KnownModel[] = registry.models.map(known);

function known(entry: Entry): KnownModel {
  const { languages, ...facts } = entry;
  return { ...facts, languages: [...(languageSets[languages] ?? [])], memoryBytes: expectedMemory(entry) };
}

/** By name, alias, or repository on the hub. */
export function findKnown(name: string): KnownModel | null {
  const wanted = name.toLowerCase();
  const names = (model: KnownModel) => [model.name, ...model.aliases, model.repository];
  return knownModels.find((model) => names(model).some((other) => other.toLowerCase() === wanted)) ?? null;
}
