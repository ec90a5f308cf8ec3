import './speakers.css';
import { speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { strings } from '../strings.ts';
import { length } from '../times.ts';
import type { Correction } from './corrections.ts';
import { RenameSpeaker } from './rename-speaker.tsx';
import { hueOf } from './speaker-colours.ts';
import { SpeakerCount } from './speaker-count.tsx';
import type { TellAnew } from './use-tell-anew.ts';

interface SpeakersProps {
  readonly transcript: Transcript;
  readonly onCorrect: (correction: Correction) => Promise<boolean>;
  readonly tellAnew: TellAnew;
}

/** Who speaks, in which colour, and for how long; each can be given a name. */
export function Speakers({ transcript, onCorrect, tellAnew }: SpeakersProps) {
  // One that was added and taken back again says nothing and has no name.
  const speakers = (transcript.speakers ?? []).filter(({ name, seconds }) => name !== null || seconds > 0);
  if (speakers.length === 0) return null;
  return (
    <section className="speakers" aria-labelledby="speakers-title">
      <h2 id="speakers-title">{strings.transcript.speakers}</h2>
      <ul>
        {speakers.map(({ id, seconds }) => (
          <li key={id} data-hue={hueOf(transcript, id)}>
            <RenameSpeaker
              name={speakerName(transcript, id)}
              onRename={(name) => onCorrect({ speakers: [{ id, name: name === '' ? null : name }] })}
            />
            <span className="muted tabular">{length(seconds)}</span>
          </li>
        ))}
      </ul>
      {transcript.turns && <SpeakerCount count={speakers.filter(({ seconds }) => seconds > 0).length} tellAnew={tellAnew} />}
    </section>
  );
}
