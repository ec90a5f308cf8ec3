/** Files out of a drop or a file dialog; folders are read to the bottom. */
import { isHidden, namedLikeRecording } from '@bulk-transcribe/protocol';

export interface ChosenFile {
  readonly file: File;
  /** The outermost folder it came from; empty for single files. */
  readonly folder: string;
}

export interface Chosen {
  readonly files: readonly ChosenFile[];
  /** How many files of the folders were left out because they are no recordings. */
  readonly leftOut: number;
}

export const looksLikeRecording = ({ name, type }: Pick<File, 'name' | 'type'>): boolean =>
  !isHidden(name) && (/^(audio|video)\//.test(type) || namedLikeRecording(name));

/** Files chosen one by one are taken as they are; out of folders only what looks like a recording. */
export function choose(files: readonly ChosenFile[]): Chosen {
  const taken = files.filter(({ file, folder }) => folder === '' || looksLikeRecording(file));
  return { files: taken, leftOut: files.length - taken.length };
}

/** Must be called within the drop event: the browser empties the transfer afterwards. */
export function droppedFiles(transfer: DataTransfer): Promise<readonly ChosenFile[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return Promise.all(entries.map((entry) => filesOfEntry(entry, entry.isDirectory ? entry.name : ''))).then((lists) => lists.flat());
}

/** A folder dialog gives each file with its path inside the chosen folder. */
export const pickedFiles = (files: Iterable<File>): ChosenFile[] =>
  Array.from(files, (file) => ({ file, folder: file.webkitRelativePath.split('/')[0] ?? '' }));

async function filesOfEntry(entry: FileSystemEntry, folder: string): Promise<ChosenFile[]> {
  if (isFile(entry)) return [{ file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)), folder }];
  const children = await allChildren((entry as FileSystemDirectoryEntry).createReader());
  const sorted = children.toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (await Promise.all(sorted.map((child) => filesOfEntry(child, folder)))).flat();
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

/** Browsers give at most a hundred entries per call; an empty answer is the end. */
async function allChildren(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  return part.length === 0 ? [] : [...part, ...(await allChildren(reader))];
}
