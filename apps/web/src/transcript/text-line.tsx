import { Pencil } from 'lucide-react';
import { type MouseEvent, memo } from 'react';
import { Button } from 'react-aria-components';
import { Marked } from '../controls/marked.tsx';
import { strings } from '../strings.ts';
import { clock } from '../times.ts';
import type { Hit } from './find-hits.ts';
import type { Line } from './paragraphs.ts';
import { offsetAt } from './text-places.ts';
import { timeAt } from './word-places.ts';

interface TextLineProps {
  readonly line: Line;
  readonly isCurrent: boolean;
  /** Those in this line. */
  readonly hits: readonly Hit[] | undefined;
  readonly shown: Hit | undefined;
  readonly onPlayFrom: (time: number) => void;
  readonly onEdit: (index: number) => void;
}

/** When that is said which was clicked: the word under the mouse, beside the text the start of the line. */
function timeUnder({ currentTarget, clientX, clientY }: MouseEvent, line: Line): number {
  const text = currentTarget.querySelector('p');
  const offset = text && offsetAt(text, { clientX, clientY });
  return offset === null ? line.start : timeAt(line, offset);
}

/** One line: its time, which plays from there, its text, whose words do, and the way to correct it. */
export const TextLine = memo(({ line, isCurrent, hits, shown, onPlayFrom, onEdit }: TextLineProps) => {
  const time = clock(line.start);
  return (
    // The time is the button; a click on the text is the same for the mouse, where nothing is being selected.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside is the way of the keyboard
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside says what it does
    <div
      className="line"
      data-segment={line.index}
      data-corrected={line.corrected || undefined}
      aria-current={isCurrent || undefined}
      onClick={(event) => getSelection()?.isCollapsed !== false && onPlayFrom(timeUnder(event, line))}
    >
      <Button className="line-time tabular" aria-label={strings.transcript.playFrom(time)} onPress={() => onPlayFrom(line.start)}>
        {time}
      </Button>
      <p dir="auto">{hits ? <Marked text={line.text} hits={hits} shown={shown} /> : line.text}</p>
      <span className="line-side">
        {line.corrected && <span className="visually-hidden">{strings.correct.isCorrected}</span>}
        <Button className="icon-button line-edit" aria-label={strings.correct.line(time)} onPress={() => onEdit(line.index)}>
          <Pencil aria-hidden size={16} />
        </Button>
      </span>
    </div>
  );
});
