import './speakers.css';
import { speakerName, type Task, type Transcript } from '@bulk-transcribe/protocol';
import { strings } from '../strings.ts';
import { length } from '../times.ts';
import type { Correction } from './corrections.ts';
import { HearSpeakers } from './hear-speakers.tsx';
import { RenameSpeaker } from './rename-speaker.tsx';
import { SameVoices } from './same-voices.tsx';
import { hueOf } from './speaker-colours.ts';
import { SpeakerCount } from './speaker-count.tsx';
import type { TellAnew } from './use-tell-anew.ts';

interface SpeakersProps {
  readonly task: Task;
  /** Whether its job has other recordings. */
  readonly hasOthers: boolean;
  readonly transcript: Transcript;
  readonly onCorrect: (correction: Correction) => Promise<boolean>;
  readonly tellAnew: TellAnew;
}

/** Who speaks, in which colour, and for how long; each can be given a name. */
export function Speakers({ task, hasOthers, transcript, onCorrect, tellAnew }: SpeakersProps) {
  // One that was added and taken back again says nothing and has no name.
  const speakers = (transcript.speakers ?? []).filter(({ name, seconds }) => name !== null || seconds > 0);
  const unheard = transcript.turns === undefined || task.hearing !== undefined;
  if (speakers.length === 0 && !unheard) return null;
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
      {unheard && <HearSpeakers task={task} tellAnew={tellAnew} />}
      {transcript.turns && !task.hearing && <SpeakerCount count={speakers.filter(({ seconds }) => seconds > 0).length} tellAnew={tellAnew} />}
      {hasOthers && !unheard && <SameVoices jobId={task.jobId} taskId={task.id} transcript={transcript} onCorrect={onCorrect} />}
    </section>
  );
}
