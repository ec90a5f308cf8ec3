import { expect, it } from 'vitest';
import { downloadLine } from '../src/models/download-line.ts';

const stream = (isTTY: boolean) => {
  const written: string[] = [];
  return { written, terminal: { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream };
};

it('is rewritten on a terminal as bytes come, and cleared in the end', () => {
  const { written, terminal } = stream(true);
  const show = downloadLine(terminal, 'turbo');
  show({ doneBytes: 500, totalBytes: null });
  show({ doneBytes: 81e6, totalBytes: 1.62e9 });
  show({ doneBytes: 81.1e6, totalBytes: 1.62e9 });
  show({ doneBytes: 1.62e9, totalBytes: 1.62e9 });
  show(null);
  const clear = '\r\u001b[2K';
  expect(written).toEqual([
    `${clear}turbo: asking the hub`,
    `${clear}turbo: 81 MB of 1.6 GB (5 %)`,
    `${clear}turbo: 1.6 GB of 1.6 GB (100 %)`,
    clear,
  ]);
});

it('is nowhere else', () => {
  const { written, terminal } = stream(false);
  downloadLine(terminal, 'turbo')({ doneBytes: 1, totalBytes: 2 });
  expect(written).toEqual([]);
});
