/** Words in lines of at most `MAX_LINE` columns. */
import { columns } from './columns.ts';
import type { Piece } from './timed-pieces.ts';

/** Columns of a line, and lines of a caption: the usual limits of broadcasters (BBC and Netflix: 42 and 2). */
export const MAX_LINE = 42;
export const MAX_LINES = 2;

type Written = Pick<Piece, 'text' | 'glue'>;

const join = (pieces: readonly Written[]): string => pieces.map(({ text, glue }, i) => (i === 0 ? text : glue + text)).join('');

/** Greedy lines, each as full as it can be; two of them are then made as even as they can be. `indent`: columns taken in the first line. */
export function wrap(pieces: readonly Written[], indent = 0): string[] {
  const lines: Written[][] = [];
  for (const piece of pieces) {
    const line = lines.at(-1);
    const room = MAX_LINE - (lines.length === 1 ? indent : 0);
    if (line && columns(join([...line, piece])) <= room) line.push(piece);
    else lines.push([piece]);
  }
  return lines.length === 2 ? balance(pieces, indent) : lines.map(join);
}

function balance(pieces: readonly Written[], indent: number): string[] {
  const widest = ([first = '', second = '']: readonly string[]) => Math.max(columns(first) + indent, columns(second));
  const splits = pieces.slice(1).map((_, i) => [join(pieces.slice(0, i + 1)), join(pieces.slice(i + 1))]);
  return splits.reduce((best, lines) => (widest(lines) < widest(best) ? lines : best));
}
