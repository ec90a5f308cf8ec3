import './text.css';
import { speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { memo, useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { usePrinting } from '../controls/use-printing.ts';
import { useWindowList } from '../controls/use-window-list.ts';
import { strings } from '../strings.ts';
import type { Correction } from './corrections.ts';
import type { Hit } from './find-hits.ts';
import { LineEditor } from './line-editor.tsx';
import { type Line, readingLines, segmentAt } from './paragraphs.ts';
import { hueOf } from './speaker-colours.ts';
import { TextLine } from './text-line.tsx';

interface TextProps {
  readonly transcript: Transcript;
  /** Index of the segment that is being spoken, -1 for none. */
  readonly current: number;
  /** Index of the segment that is being corrected, -1 for none. */
  readonly edited: number;
  /** Where the reader was led to, seconds; another object leads there again. */
  readonly opened: { readonly time: number } | undefined;
  readonly hits: readonly Hit[];
  /** The one that is shown. */
  readonly hit: Hit | undefined;
  readonly onPlayFrom: (time: number) => void;
  readonly onEdit: (index: number) => void;
  readonly onCorrect: (correction: Correction) => Promise<boolean>;
}

/** Expected height of a line, pixels, and lines beyond the edges of the window. */
const LINE_HEIGHT = 64;
const OVERSCAN = 30;

/** The text in turns and paragraphs; every line has its time and plays from there. Only what is near the window is drawn, but on paper all. */
export const Text = memo((props: TextProps) => {
  const { transcript, current, edited, opened, hits, hit } = props;
  const lines = useMemo(() => readingLines(transcript.segments), [transcript.segments]);
  const { region, virtual } = useWindowList<HTMLElement>({
    ...{ count: lines.length, itemHeight: LINE_HEIGHT, overscan: OVERSCAN },
    keyOf: (place) => lines[place]?.index ?? place,
  });
  const isWhole = usePrinting();
  const places = isWhole ? lines.map((_, index) => ({ index, start: 0 })) : virtual.getVirtualItems();
  const placeOf = (index: number): number => lines.findIndex((line) => line.index === index);
  const show = (index: number): void => {
    const place = placeOf(index);
    if (place >= 0) virtual.scrollToIndex(place, { align: 'center' });
  };
  useShow(opened, ({ time }) => show(segmentAt(transcript.segments, time)));
  useFollow(current, show);
  useShow(hit?.index, show);
  useShow(edited < 0 ? undefined : edited, show);
  const hitsOf = useMemo(() => Map.groupBy(hits, ({ index }) => index), [hits]);
  if (lines.length === 0) return <p className="no-text muted">{strings.transcript.empty}</p>;
  return (
    <section className="text" aria-label={strings.transcript.region} ref={region} style={isWhole ? {} : { blockSize: virtual.getTotalSize() }}>
      {places.map(({ index: place, start }) => {
        const line = lines[place];
        if (!line) return null;
        return (
          <div
            key={line.index}
            className="text-place"
            data-index={place}
            ref={virtual.measureElement}
            style={isWhole ? { position: 'static' } : { transform: `translateY(${start - virtual.options.scrollMargin}px)` }}
          >
            {line.opens && <TurnHead line={line} transcript={transcript} />}
            {line.index === edited ? (
              <LineEditor
                line={line}
                transcript={transcript}
                onCorrect={props.onCorrect}
                onClose={() => props.onEdit(-1)}
                onNext={() => props.onEdit(lines[place + 1]?.index ?? -1)}
              />
            ) : (
              <TextLine
                line={line}
                isCurrent={line.index === current}
                hits={hitsOf.get(line.index)}
                shown={hit?.index === line.index ? hit : undefined}
                onPlayFrom={props.onPlayFrom}
                onEdit={props.onEdit}
              />
            )}
          </div>
        );
      })}
    </section>
  );
});

function TurnHead({ line: { speaker }, transcript }: { readonly line: Line; readonly transcript: Transcript }) {
  if (speaker === undefined) return <div className="paragraph-gap" />;
  return (
    <p className="speaker" data-hue={hueOf(transcript, speaker)} dir="auto">
      {speakerName(transcript, speaker)}
    </p>
  );
}

/** Brings a place into view when it becomes the one that is shown. */
function useShow<T>(place: T | undefined, show: (place: T) => void): void {
  const onChange = useEffectEvent((next: T) => show(next));
  useEffect(() => {
    if (place !== undefined) onChange(place);
  }, [place]);
}

/** Keeps the current line in view, unless the reader has scrolled away from the line before it. */
function useFollow(current: number, show: (index: number) => void): void {
  const last = useRef(-1);
  const onChange = useEffectEvent((next: number) => show(next));
  useEffect(() => {
    if (current < 0 || current === last.current) return;
    const wasInView = last.current < 0 || isInView(last.current);
    last.current = current;
    if (wasInView && !isInView(current)) onChange(current);
  }, [current]);
}

/** Height of the player over the lower edge of the window, pixels; the same as in transcript.css. */
const PLAYER_HEIGHT = 72;

function isInView(index: number): boolean {
  const line = document.querySelector(`[data-segment="${index}"]`);
  if (!line) return false;
  const { top, bottom } = line.getBoundingClientRect();
  return bottom > 0 && top >= 0 && bottom <= innerHeight - PLAYER_HEIGHT;
}
