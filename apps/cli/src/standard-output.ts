/** A reader that has enough (`| head`) closes the pipe; that is no failure of ours. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Resolves once all of it is handed over, so that ending the process cuts nothing off. */
export const print = (text: string | Uint8Array): Promise<void> => new Promise((resolve) => process.stdout.write(text, () => resolve()));
