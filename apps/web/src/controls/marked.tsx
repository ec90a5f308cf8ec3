import './marked.css';

/** A place in a text, in UTF-16 units; `to` is behind the end. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

interface MarkedProps {
  readonly text: string;
  /** In order, without overlap. */
  readonly hits: readonly Span[];
  /** The one that is shown of several. */
  readonly shown?: Span | undefined;
}

/** A text with what was sought in it marked. */
export function Marked({ text, hits, shown }: MarkedProps) {
  return piecesOf(text, hits).map(({ from, text: piece, isHit }) =>
    isHit ? (
      <mark key={from} data-shown={shown?.from === from || undefined}>
        {piece}
      </mark>
    ) : (
      piece
    ),
  );
}

interface Piece {
  readonly from: number;
  readonly text: string;
  readonly isHit: boolean;
}

/** A text cut at what was found in it. */
export function piecesOf(text: string, hits: readonly Span[]): Piece[] {
  let end = 0;
  const pieces: Piece[] = [];
  for (const { from, to } of hits) {
    pieces.push({ from: end, text: text.slice(end, from), isHit: false }, { from, text: text.slice(from, to), isHit: true });
    end = to;
  }
  return [...pieces, { from: end, text: text.slice(end), isHit: false }].filter((piece) => piece.text !== '');
}
