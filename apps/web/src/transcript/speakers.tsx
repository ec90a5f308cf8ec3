import './speakers.css';
import { speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { strings } from '../strings.ts';
import { length } from '../times.ts';
import { hueOf } from './speaker-colours.ts';

/** Who speaks, in which colour, and for how long. */
export function Speakers({ transcript }: { readonly transcript: Transcript }) {
  const { speakers = [] } = transcript;
  if (speakers.length === 0) return null;
  return (
    <section className="speakers" aria-labelledby="speakers-title">
      <h2 id="speakers-title">{strings.transcript.speakers}</h2>
      <ul>
        {speakers.map(({ id, seconds }) => (
          <li key={id} data-hue={hueOf(transcript, id)}>
            <span className="speaker-name" dir="auto">
              {speakerName(transcript, id)}
            </span>
            <span className="muted tabular">{length(seconds)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
