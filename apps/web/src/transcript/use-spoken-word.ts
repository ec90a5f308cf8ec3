import type { Segment } from '@bulk-transcribe/protocol';
import { useEffect } from 'react';
import { rangeIn } from './text-places.ts';
import type { Player } from './use-player.ts';
import { wordAt } from './word-places.ts';

/** Of the highlight in text.css. */
const NAME = 'spoken';

/**
 * Marks the word that is being spoken, in each frame while the recording plays. As a highlight of the browser: the lines themselves do not
 * change, so nothing is drawn anew. Without effect where the browser has none.
 */
export function useSpokenWord({ audio, isPlaying, time }: Player, line: Segment | undefined, index: number): void {
  useEffect(() => {
    if (!('highlights' in CSS) || !line?.words) return;
    const mark = () => show(index, line, audio.current?.currentTime ?? time);
    mark();
    let frame = 0;
    const follow = () => {
      mark();
      frame = requestAnimationFrame(follow);
    };
    if (isPlaying) frame = requestAnimationFrame(follow);
    return () => {
      cancelAnimationFrame(frame);
      CSS.highlights.delete(NAME);
    };
  }, [audio, isPlaying, time, line, index]);
}

function show(index: number, line: Segment, time: number): void {
  const text = document.querySelector(`[data-segment="${index}"] > p`);
  const word = wordAt(line, time);
  if (text && word) CSS.highlights.set(NAME, new Highlight(rangeIn(text, word)));
  else CSS.highlights.delete(NAME);
}
