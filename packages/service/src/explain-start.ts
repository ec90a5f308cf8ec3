import { AppError } from '@bulk-transcribe/protocol';
import { DirectoryLockedError } from './directory-lock.ts';
import { SettingsError } from './settings.ts';

/** What a person reads when a server cannot start: what is wrong, and what to do. A cause nobody foresaw keeps its stack. */
export function explainStart(cause: unknown): string {
  if (cause instanceof SettingsError || cause instanceof DirectoryLockedError) return cause.message;
  if (cause instanceof AppError && cause.code !== 'internal') return `${cause.message} ${cause.hint}`;
  return ofSystem(cause) ?? (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
}

type SystemError = NodeJS.ErrnoException & { readonly address?: string; readonly port?: number };

const unusableFolder = ({ path }: SystemError): string | undefined =>
  path && `${path} cannot be used as a folder. Set DATA_ROOT to one that can be written.`;

const systemErrors: Readonly<Record<string, (error: SystemError) => string | undefined>> = {
  EADDRINUSE: ({ address, port }) =>
    `Port ${port} on ${address} is in use, perhaps by Bulk Transcribe itself. Stop the program that uses it, or set PORT to another one.`,
  EADDRNOTAVAIL: ({ address }) =>
    `${address} is not an address of this machine. Set HOST to one that is: 127.0.0.1 for this machine alone, 0.0.0.0 for all.`,
  EACCES: (error) => (error.port ? `Port ${error.port} may not be used without more rights. Set PORT to one above 1023.` : unusableFolder(error)),
  EPERM: unusableFolder,
  EROFS: unusableFolder,
  ENOTDIR: unusableFolder,
  EEXIST: unusableFolder,
  ENOSPC: () => 'The disk is full. Free space where DATA_ROOT lies and start again.',
};

/** The code may stand on a cause further down. */
function ofSystem(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return systemErrors[(cause as SystemError).code ?? '']?.(cause) ?? ofSystem(cause.cause);
}
