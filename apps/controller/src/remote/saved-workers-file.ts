/** DATA_ROOT/config/remote_workers.json: the workers that were added on the page, and the only file with their tokens. */
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { SavedFile } from './saved-file.ts';

const SavedWorker = Type.Object({
  name: Type.String({ minLength: 1 }),
  url: Type.String({ minLength: 1 }),
  /** Empty where it was removed. */
  token: Type.String(),
  /** Origin that the token was set for. */
  tokenOrigin: Type.String(),
  updatedAt: Type.String(),
});
export type SavedWorker = Readonly<Static<typeof SavedWorker>>;

const SavedWorkers = Type.Array(SavedWorker);

export const savedWorkersFile = (dataRoot: string): SavedFile<readonly SavedWorker[]> => ({ dataRoot, name: 'remote_workers.json', parse });

function parse(value: unknown): readonly SavedWorker[] | null {
  if (!Value.Check(SavedWorkers, value)) return null;
  const names = new Set(value.map(({ name }) => name));
  return names.size === value.length && value.every(({ url }) => URL.canParse(url)) ? value : null;
}
