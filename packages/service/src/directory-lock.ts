import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process holds the directory. */
export class DirectoryLockedError extends Error {
  override readonly name = 'DirectoryLockedError';
}

/**
 * Takes a directory for this process alone. The lock is the operating system's (SQLite's exclusive file lock),
 * so it ends with the process, also by kill -9: there is no stale lock to clear. Throws DirectoryLockedError.
 * `waitMs`: how long a predecessor may take to leave.
 */
export function lockDirectory(directory: string, waitMs = 0): Disposable {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(path.join(directory, '.lock'), { timeout: waitMs });
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new DirectoryLockedError(`Another process uses ${directory}. Stop it first, or set another DATA_ROOT.`, { cause });
  }
  return { [Symbol.dispose]: () => database.close() };
}

/** The same, but null where another process (or another part of this one) holds the directory. */
export function tryLockDirectory(directory: string): Disposable | null {
  try {
    return lockDirectory(directory);
  } catch (cause) {
    if (cause instanceof DirectoryLockedError) return null;
    throw cause;
  }
}
