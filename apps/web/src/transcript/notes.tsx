import type { Transcript } from '@bulk-transcribe/protocol';
import { TriangleAlert } from 'lucide-react';
import { Button } from 'react-aria-components';
import { strings } from '../strings.ts';
import { clock } from '../times.ts';
import { keyOf, type Review } from './use-review.ts';

interface NotesProps {
  readonly warnings: Transcript['warnings'];
  readonly review: Review;
  readonly onGoTo: (time: number) => void;
}

/** What a reader should know or check: each leads to its place, and is marked as seen. */
export function Notes({ warnings, review, onGoTo }: NotesProps) {
  const words = strings.review;
  return (
    <section className="notes" aria-labelledby="notes-title">
      <h2 id="notes-title">
        <TriangleAlert aria-hidden size={18} />
        {strings.transcript.notes}
      </h2>
      <p className="muted small" role="status">
        {words.left(review.unseen.length, warnings.length)}
      </p>
      <ul>
        {warnings.map((warning) => {
          const { message, start } = warning;
          const isSeen = review.isSeen(warning);
          const about = start === undefined ? message : words.at(clock(start));
          return (
            <li key={keyOf(warning)} data-seen={isSeen || undefined}>
              <input
                type="checkbox"
                aria-label={words.seen(about)}
                checked={isSeen}
                onChange={(event) => review.mark(warning, event.target.checked)}
              />
              <span>
                {start !== undefined && (
                  <Button className="line-time tabular" aria-label={words.goTo(clock(start))} onPress={() => onGoTo(start)}>
                    {clock(start)}
                  </Button>
                )}{' '}
                {message}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
