import { constants, copyFile, link, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '@bulk-transcribe/service';

export interface FileToShare {
  readonly source: string;
  /** Where it grows, if it has to be copied. */
  readonly partial: string;
  /** Where it appears at once, in place of what is there. */
  readonly final: string;
}

/** A second name for the same bytes: a hard link, or a copy on file systems that know none (exFAT, some network shares). */
export async function shareFile({ source, partial, final }: FileToShare): Promise<void> {
  await rm(partial, { force: true });
  try {
    await link(source, partial).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') throw cause;
      await copyFile(source, partial, constants.COPYFILE_FICLONE);
    });
    await rename(partial, final);
    // Between two names of one file, rename does nothing and leaves both (POSIX).
    await rm(partial, { force: true });
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
  await syncFolder(path.dirname(final));
}
