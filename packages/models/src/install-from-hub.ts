/** A checkpoint from the hub into MODELS_DIR: list, sizes and hashes, room, bytes, record, and only then its name. */
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { KnownModel } from '@bulk-transcribe/protocol';
import { CONFIG, chooseFiles, requireWhisper, shardsOf, WEIGHTS_INDEX } from './checkpoint/file-list.ts';
import { downloadFile } from './download/download-file.ts';
import { requireSpace } from './download/free-space.ts';
import { type Wait, withRetries } from './download/retries.ts';
import { eachAtOnce } from './each-at-once.ts';
import { sizeOfFiles } from './folder-size.ts';
import type { FileFacts, Hub, Revision } from './hub/hub.ts';
import { type RecordedFile, writeRecord } from './install-record.ts';
import type { ModelFolders } from './model-folders.ts';
import type { HubSource } from './model-source.ts';
import { withPins } from './pins.ts';

export interface InstallProgress {
  readonly doneBytes: number;
  /** Null until the hub has told the sizes. */
  readonly totalBytes: number | null;
}

export interface HubInstallation {
  readonly source: HubSource;
  /** The entry of the registry that the source is. */
  readonly known: KnownModel | null;
  readonly hub: Hub;
  readonly folders: ModelFolders;
  readonly wait: Wait;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: InstallProgress) => void;
}

/** Files asked for or fetched at the same time: more would only share the line. */
const AT_ONCE = 3;

/** What has arrived by an earlier try is kept and checked. AppErrors of the hub, model_unsupported, disk_full. */
export async function installFromHub(installation: HubInstallation): Promise<void> {
  const { source, known, hub, folders, signal } = installation;
  const { name, repository } = source;
  const revision = await withRetries(() => hub.revision(repository, source.revision, signal), installation);
  const list = chooseFiles(revision.files, repository);
  await folders.prepare(name);
  const download = new Download(installation, revision);

  const first = await download.facts(list.first);
  await download.fetch(first);
  const read = (file: string): Promise<string> => readFile(path.join(folders.incoming(name), file), 'utf8');
  requireWhisper(await read(CONFIG), repository);
  const shards = list.first.includes(WEIGHTS_INDEX) ? shardsOf(await read(WEIGHTS_INDEX), repository) : [];

  const rest = await download.facts([...list.rest, ...shards]);
  download.total = [...first, ...rest].reduce((bytes, { size }) => bytes + size, 0);
  await requireSpace(folders.root, download.total - (await bytesThere(folders, name)), `The model ${name}`);
  await download.fetch(rest);

  const { commit, license } = revision;
  await dropOthers(folders.incoming(name), download.fetched);
  await writeRecord(folders.incoming(name), {
    version: 1,
    name,
    repository,
    revision: source.revision,
    commit,
    license: known?.license ?? license,
    installedAt: new Date().toISOString(),
    files: download.fetched,
  });
  await folders.publish(name);
}

/** The files of one revision on their way here. */
class Download {
  readonly fetched: RecordedFile[] = [];
  total: number | null = null;
  readonly #installation: HubInstallation;
  readonly #revision: Revision;
  /** Bytes of each file that are there. */
  readonly #done = new Map<string, number>();

  constructor(installation: HubInstallation, revision: Revision) {
    this.#installation = installation;
    this.#revision = revision;
  }

  async facts(files: readonly string[]): Promise<FileFacts[]> {
    const { hub, known, source, wait, signal } = this.#installation;
    const found = new Map<string, FileFacts>();
    const ask = async (file: string, either: AbortSignal): Promise<void> => {
      const location = { repository: source.repository, commit: this.#revision.commit, file };
      const facts = await withRetries(() => hub.fileFacts(location, either), { wait, signal: either });
      found.set(file, withPins(facts, known, source.revision));
    };
    await eachAtOnce(files, ask, { limit: AT_ONCE, signal });
    return [...found.values()];
  }

  async fetch(files: readonly FileFacts[]): Promise<void> {
    const { folders, hub, source, wait, signal } = this.#installation;
    const { name, repository } = source;
    const fetchOne = async (facts: FileFacts, either: AbortSignal): Promise<void> => {
      const sha256 = await downloadFile({
        hub,
        location: { repository, commit: this.#revision.commit, file: facts.name },
        facts,
        target: path.join(folders.incoming(name), facts.name),
        part: path.join(folders.parts(name), facts.name),
        wait,
        signal: either,
        onProgress: (bytes) => this.#tell(facts.name, bytes),
      });
      this.fetched.push({ name: facts.name, size: facts.size, sha256 });
    };
    await eachAtOnce(files, fetchOne, { limit: AT_ONCE, signal });
  }

  #tell(file: string, bytes: number): void {
    this.#done.set(file, bytes);
    const doneBytes = this.#done.values().reduce((sum, done) => sum + done, 0);
    this.#installation.onProgress({ doneBytes, totalBytes: this.total });
  }
}

/** What an earlier try has brought already. */
async function bytesThere(folders: ModelFolders, name: string): Promise<number> {
  const sizes = await Promise.all([folders.incoming(name), folders.parts(name)].map(sizeOfFiles));
  return sizes.reduce((total, size) => total + size, 0);
}

/** Files of another revision that an earlier try has left. */
async function dropOthers(folder: string, files: readonly RecordedFile[]): Promise<void> {
  const wanted = new Set(files.map(({ name }) => name));
  for (const name of await readdir(folder)) if (!wanted.has(name)) await rm(path.join(folder, name));
}
