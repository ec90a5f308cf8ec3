/** DATA_ROOT/config/remote_worker.json: what was saved on the page, and the only file with its token. */
import { RemoteMode } from '@bulk-transcribe/protocol';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { SavedFile } from './saved-file.ts';

/** What was never given is not there. */
const SavedRemote = Type.Object({
  url: Type.Optional(Type.String()),
  token: Type.Optional(Type.String()),
  /** Origin that the token was set for. */
  tokenOrigin: Type.Optional(Type.String()),
  mode: Type.Optional(RemoteMode),
  updatedAt: Type.Optional(Type.String()),
});
export type SavedRemote = Readonly<Static<typeof SavedRemote>>;

export const savedRemoteFile = (dataRoot: string): SavedFile<SavedRemote> => ({ dataRoot, name: 'remote_worker.json', parse });

function parse(value: unknown): SavedRemote | null {
  if (!Value.Check(SavedRemote, value)) return null;
  return value.url === undefined || value.url === '' || URL.canParse(value.url) ? value : null;
}
