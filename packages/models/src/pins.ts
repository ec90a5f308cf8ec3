import { AppError, type KnownModel } from '@bulk-transcribe/protocol';
import type { FileFacts } from './hub/hub.ts';

/**
 * What the registry says of a file stands above what the hub says, as long as it is the revision that the registry is about.
 * AppError model_download_failed where they contradict each other.
 */
export function withPins(facts: FileFacts, known: KnownModel | null, revision: string): FileFacts {
  const pin = known?.revision === revision ? known.files.find(({ name }) => name === facts.name) : undefined;
  if (!pin) return facts;
  const differs = (pin.sha256 !== null && facts.sha256 !== null && pin.sha256 !== facts.sha256) || (pin.size !== null && pin.size !== facts.size);
  if (!differs) return { ...facts, sha256: pin.sha256 ?? facts.sha256 };
  throw new AppError('model_download_failed', `The hub offers other bytes as ${facts.name} of ${known?.name} than are known to be right.`);
}
