/**
 * From here on every file and folder this process (and its children) makes is its own user's alone: recordings,
 * transcripts and keys are nobody else's on a shared machine, whatever a library asks for.
 */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}
