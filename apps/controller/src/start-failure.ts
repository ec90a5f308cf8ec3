import { AppError } from '@bulk-transcribe/protocol';
import { DirectoryLockedError, SettingsError } from '@bulk-transcribe/service';
import { DatabaseUnusableError } from './database/open-server.ts';

export interface StartFailure {
  /** For the person who started it. */
  readonly message: string;
  readonly exitCode: number;
}

/** Why the controller could not start, in words that say what to do; a cause nobody foresaw keeps its stack. */
export function failureOf(cause: unknown): StartFailure {
  if (cause instanceof SettingsError) return { message: `The configuration is not right.\n${cause.message}`, exitCode: 2 };
  if (cause instanceof DirectoryLockedError || cause instanceof DatabaseUnusableError) return { message: cause.message, exitCode: 1 };
  if (cause instanceof AppError && cause.code !== 'internal') return { message: `${cause.message} ${cause.hint}`, exitCode: 1 };
  const known = systemErrors[errnoOf(cause) ?? ''];
  return { message: known?.(cause as SystemError) ?? stackOf(cause), exitCode: 1 };
}

type SystemError = NodeJS.ErrnoException & { port?: number; address?: string };

const notAFolder = ({ path }: SystemError): string => `${path ?? 'DATA_ROOT'} is a file, not a folder. Set DATA_ROOT to a folder.`;

const systemErrors: Readonly<Record<string, (error: SystemError) => string>> = {
  EADDRINUSE: ({ port }) => `Port ${port} is taken: another program uses it, perhaps Bulk Transcribe itself. Stop it, or set PORT to another number.`,
  EADDRNOTAVAIL: ({ address }) => `This machine has no address ${address}. Set HOST to one of its own, or to 127.0.0.1.`,
  EACCES: (error) =>
    error.port === undefined
      ? `${error.path ?? 'DATA_ROOT'} may not be used by this user. Give it the right, or set another DATA_ROOT.`
      : `Port ${error.port} may not be used by this user. Set PORT to a number above 1023.`,
  ENOSPC: () => 'The disk is full. Free some space where DATA_ROOT lies and start again.',
  EEXIST: notAFolder,
  ENOTDIR: notAFolder,
  EROFS: (error) => `${error.path ?? 'DATA_ROOT'} cannot be written. Set DATA_ROOT to a folder that can.`,
};

/** The code may stand on a cause further down. */
function errnoOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code } = cause as NodeJS.ErrnoException;
  return code !== undefined && Object.hasOwn(systemErrors, code) ? code : errnoOf(cause.cause);
}

const stackOf = (cause: unknown): string => `The controller could not start.\n${cause instanceof Error ? cause.stack : String(cause)}`;
