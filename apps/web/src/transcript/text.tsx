import { speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { memo, useEffect, useMemo, useRef } from 'react';
import { Button } from 'react-aria-components';
import { strings } from '../strings.ts';
import { clock } from '../times.ts';
import { type Line, paragraphs } from './paragraphs.ts';
import { hueOf } from './speaker-colours.ts';

interface TextProps {
  readonly transcript: Transcript;
  /** Index of the segment that is being spoken, -1 for none. */
  readonly current: number;
  readonly onPlayFrom: (time: number) => void;
}

/** The text in paragraphs; every line has its time and plays from there. */
export const Text = memo(({ transcript, current, onPlayFrom }: TextProps) => {
  const groups = useMemo(() => paragraphs(transcript.segments), [transcript]);
  const region = useRef<HTMLElement>(null);
  useFollow(region, current);
  if (groups.length === 0) return <p className="no-text muted">{strings.transcript.empty}</p>;
  return (
    <section className="text" aria-label={strings.transcript.region} ref={region}>
      {groups.map((lines) => (
        <Paragraph
          key={lines[0]?.index}
          lines={lines}
          transcript={transcript}
          current={lines.some(({ index }) => index === current) ? current : -1}
          onPlayFrom={onPlayFrom}
        />
      ))}
    </section>
  );
});

interface ParagraphProps extends TextProps {
  readonly lines: readonly Line[];
}

const Paragraph = memo(
  ({ lines, transcript, current, onPlayFrom }: ParagraphProps) => (
    <div className="paragraph">
      {lines[0]?.speaker !== undefined && (
        <p className="speaker" data-hue={hueOf(transcript, lines[0].speaker)} dir="auto">
          {speakerName(transcript, lines[0].speaker)}
        </p>
      )}
      {lines.map((line) => (
        <TextLine key={line.index} line={line} isCurrent={line.index === current} onPlayFrom={onPlayFrom} />
      ))}
    </div>
  ),
  (before, after) => before.lines === after.lines && before.current === after.current && before.onPlayFrom === after.onPlayFrom,
);

interface TextLineProps {
  readonly line: Line;
  readonly isCurrent: boolean;
  readonly onPlayFrom: (time: number) => void;
}

function TextLine({ line, isCurrent, onPlayFrom }: TextLineProps) {
  const time = clock(line.start);
  return (
    // The time is the button; a click on the text is the same for the mouse, where nothing is being selected.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside is the way of the keyboard
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside says what it does
    <div className="line" aria-current={isCurrent || undefined} onClick={() => getSelection()?.isCollapsed !== false && onPlayFrom(line.start)}>
      <Button className="line-time tabular" aria-label={strings.transcript.playFrom(time)} onPress={() => onPlayFrom(line.start)}>
        {time}
      </Button>
      <p dir="auto">{line.text}</p>
    </div>
  );
}

/** Keeps the current line in view, unless the reader has scrolled away from the line before it. */
function useFollow(region: React.RefObject<HTMLElement | null>, current: number): void {
  const last = useRef<Element | null>(null);
  useEffect(() => {
    if (current < 0) return;
    const line = region.current?.querySelector('[aria-current]') ?? null;
    const wasInView = last.current === null || isInView(last.current);
    last.current = line;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (line && wasInView && !isInView(line)) line.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
  }, [region, current]);
}

/** Height of the player over the lower edge of the window, pixels; the same as in transcript.css. */
const PLAYER_HEIGHT = 72;

function isInView(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top >= 0 && bottom <= innerHeight - PLAYER_HEIGHT;
}
