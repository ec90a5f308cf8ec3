import type { InstallProgress } from '@bulk-transcribe/models';
import { bytesInWords } from '../bytes-in-words.ts';

const CLEAR = '\r\u001b[2K';

/** One line that is rewritten on a terminal; nothing elsewhere. Null clears it. */
export function downloadLine(stream: NodeJS.WriteStream, name: string): (progress: InstallProgress | null) => void {
  let shown = '';
  return (progress) => {
    if (!stream.isTTY) return;
    const text = progress ? `${name}: ${inWords(progress)}` : '';
    if (text !== shown) stream.write(CLEAR + text);
    shown = text;
  };
}

function inWords({ doneBytes, totalBytes }: InstallProgress): string {
  if (totalBytes === null) return 'asking the hub';
  const percent = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
  return `${bytesInWords(doneBytes)} of ${bytesInWords(totalBytes)} (${percent} %)`;
}
