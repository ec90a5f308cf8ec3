/** What a person names when they install a model, and the name it gets. */
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';
import { findKnown } from './registry.ts';

export interface HubSource {
  readonly kind: 'hub';
  readonly name: string;
  readonly repository: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

export interface FolderSource {
  readonly kind: 'folder';
  readonly name: string;
  readonly folder: string;
}

export type ModelSource = HubSource | FolderSource;

/** The hub's own default branch. */
const DEFAULT_REVISION = 'main';
/** The hub's rule for both halves of a repository's name: no `--`, which is ours for the slash, and no `..`. */
const repositoryPattern = /^(?!.*(?:--|\.\.))[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;
const revisionPattern = /^(?!.*\.\.)[\w][\w./-]{0,199}$/;
const namePattern = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,198}$/;

export const isModelName = (name: string): boolean => namePattern.test(name);

/** owner/name → owner--name, as in the hub's own cache: a folder's name, and safe in a URL. */
const folderName = (repository: string): string => repository.replace('/', '--');

/** owner--name, as lists show it → owner/name. */
export const repositoryName = (text: string): string => (text.includes('/') ? text : text.replace('--', '/'));

/** A known name, or owner/name, either with @revision. AppError invalid_request or model_unknown. */
export function hubSource(text: string, revision?: string): HubSource {
  const [name = '', given = revision] = text.split(/@(.*)/s);
  if (given !== undefined && !revisionPattern.test(given)) {
    throw new AppError('invalid_request', `“${given}” cannot be a revision.`, { field: 'revision' });
  }
  const known = findKnown(name);
  const wanted = given ?? known?.revision ?? DEFAULT_REVISION;
  if (known) return { kind: 'hub', name: known.name, repository: known.repository, revision: wanted };
  const repository = repositoryName(name);
  if (!repositoryPattern.test(repository)) {
    throw new AppError('model_unknown', `“${name}” is neither a known model nor the name of a repository.`, { field: 'name' });
  }
  return { kind: 'hub', name: folderName(repository), repository, revision: wanted };
}

/** A path is told by its beginning, so that owner/name never means a folder. */
export const isPath = (text: string): boolean => /^(?:\.{0,2}[/\\]|[A-Za-z]:[/\\])/.test(text);

/** A folder with a checkpoint; the model is named after it. AppError invalid_request. */
export function folderSource(folder: string, name = path.basename(folder)): FolderSource {
  if (!isModelName(name)) {
    throw new AppError('invalid_request', `“${name}” cannot be the name of a model; letters, digits, “.”, “_” and “-” can be in it.`, {
      field: 'name',
    });
  }
  return { kind: 'folder', name, folder };
}

/** The name under which a model lies in MODELS_DIR, for its alias, repository or name. */
export const installedName = (text: string): string => findKnown(text)?.name ?? (repositoryPattern.test(text) ? folderName(text) : text);
