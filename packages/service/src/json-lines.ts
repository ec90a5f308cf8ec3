/** Files that grow by a line of JSON at a time, and are read after a crash. */
import { readFileSync, truncateSync } from 'node:fs';

/**
 * What a crash left of a line is cut off, so that the next one starts on its own; what a full disk left is passed over. Whole
 * lines that it took before it was full come a second time. Empty where there is no such file.
 */
export function readJsonLines<T>(file: string): T[] {
  const bytes = readIfThere(file);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(file, end);
  return bytes
    .toString('utf8', 0, end)
    .split('\n')
    .flatMap((line) => readLine<T>(line));
}

function readLine<T>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw cause;
  }
}
