import type { Transcript } from '@bulk-transcribe/protocol';
import { TriangleAlert } from 'lucide-react';
import { Button } from 'react-aria-components';
import { strings } from '../strings.ts';
import { clock } from '../times.ts';

interface NotesProps {
  readonly warnings: Transcript['warnings'];
  readonly onPlayFrom: (time: number) => void;
}

/** What a reader should know or check; a note about a place plays from there. */
export function Notes({ warnings, onPlayFrom }: NotesProps) {
  return (
    <section className="notes" aria-labelledby="notes-title">
      <h2 id="notes-title">
        <TriangleAlert aria-hidden size={18} />
        {strings.transcript.notes}
      </h2>
      <ul>
        {warnings.map(({ code, message, start }) => (
          <li key={`${code} ${start} ${message}`}>
            {start !== undefined && (
              <Button className="line-time tabular" aria-label={strings.transcript.playFrom(clock(start))} onPress={() => onPlayFrom(start)}>
                {clock(start)}
              </Button>
            )}
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
