import { DirectoryLockedError, SettingsError } from '@bulk-transcribe/service';

const unusableFolder: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']);

/** What a person reads when the worker cannot start. */
export function explainStart(cause: unknown): string {
  if (cause instanceof SettingsError || cause instanceof DirectoryLockedError) return cause.message;
  const { code, address, port, path } = cause as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} on ${address} is in use. Stop the program that uses it, or set PORT to another one.`;
  if (code === 'EACCES' && port) return `Port ${port} may not be used without more rights. Set PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine. Set HOST to one that is, or to 0.0.0.0 for all.`;
  if (path && code && unusableFolder.has(code)) return `${path} cannot be used as a folder. Set DATA_ROOT to one that can be written.`;
  if (code === 'ENOSPC') return 'The disk is full. Free space where DATA_ROOT lies and start again.';
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
