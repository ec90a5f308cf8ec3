/** What lies in MODELS_DIR and has the files of a checkpoint. */
import { readdir } from 'node:fs/promises';
import type { InstalledCheckpoint } from '@bulk-transcribe/protocol';
import { describeCheckpoint, looksLikeCheckpoint } from './checkpoint/describe.ts';
import { readRecord } from './install-record.ts';
import type { ModelFolders } from './model-folders.ts';
import { isModelName } from './model-source.ts';

/** By name. */
export async function listInstalled(folders: ModelFolders): Promise<InstalledCheckpoint[]> {
  const found = await Promise.all((await folders.names()).map((name) => findInstalled(folders, name)));
  return found.filter((model) => model !== null);
}

/** Null where there is no folder of that name with a checkpoint in it. */
export async function findInstalled(folders: ModelFolders, name: string): Promise<InstalledCheckpoint | null> {
  if (!isModelName(name)) return null;
  const folder = folders.model(name);
  const files = await readdir(folder).catch(() => []);
  if (!looksLikeCheckpoint(files)) return null;
  const [facts, record] = await Promise.all([describeCheckpoint(folder), readRecord(folder)]);
  const { repository = null, commit = null, installedAt = null, license = null } = record ?? {};
  const origin = repository === null ? 'folder' : 'hub';
  return { ...facts, name, origin, repository, commit, installedAt, license, languages: [...facts.languages] };
}
