import { onlyName, type Person, type PersonVoice, speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { client } from '../api/client.ts';
import { problemOfCause } from '../api/request.ts';
import { useParts } from '../parts.ts';
import { strings } from '../strings.ts';
import type { Correction } from './corrections.ts';

interface SameVoicesProps {
  readonly jobId: string;
  readonly taskId: string;
  readonly transcript: Transcript;
  readonly onCorrect: (correction: Correction) => Promise<boolean>;
}

/** Looks, when asked to, for the voices of this recording in the others of its job, and proposes to name them alike. */
export function SameVoices({ jobId, taskId, transcript, onCorrect }: SameVoicesProps) {
  const { notice } = useParts();
  const { turns } = transcript;
  // Told apart anew, speakers are others: what was found before says nothing of them.
  const [found, setFound] = useState<{ readonly persons: readonly Person[]; readonly turns: Transcript['turns'] } | null>(null);
  const persons = found?.turns === turns ? found?.persons : undefined;
  const [isBusy, setBusy] = useState(false);
  const words = strings.sameVoices;
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    try {
      await work();
      const { persons: all } = await client.voices(jobId);
      setFound({ persons: all, turns });
      notice.dispatch(null);
    } catch (cause) {
      notice.dispatch({ title: words.failed, problem: problemOfCause(cause) });
    } finally {
      setBusy(false);
    }
  };
  const nameHere = (id: string, name: string) => attempt(() => onCorrect({ speakers: [{ id, name }] }));
  const nameThere = (voices: readonly PersonVoice[], name: string) => attempt(() => Promise.all(voices.map((voice) => nameVoice(voice, name))));
  const known = persons?.flatMap((person) => {
    const here = person.voices.find((voice) => voice.taskId === taskId);
    return here ? { person, here, elsewhere: person.voices.filter((voice) => voice !== here) } : [];
  });
  return (
    <div className="same-voices">
      <Button className="button quiet" isDisabled={isBusy} onPress={() => void attempt(async () => undefined)}>
        {words.look}
      </Button>
      <div role="status" className="small">
        {known?.length === 0 && <p className="muted">{words.none}</p>}
      </div>
      <ul>
        {known?.map(({ here: { speaker }, elsewhere }) => (
          <li key={speaker.id}>
            <p>{words.also(speakerName(transcript, speaker.id), elsewhere.map(placeOf))}</p>
            <Proposal
              name={transcript.speakers?.find(({ id }) => id === speaker.id)?.name ?? null}
              elsewhere={elsewhere}
              isBusy={isBusy}
              nameHere={(name) => nameHere(speaker.id, name)}
              nameThere={nameThere}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

const placeOf = ({ recording, speaker }: PersonVoice) => ({ recording, name: speakerName({ speakers: [speaker] }, speaker.id) });

interface ProposalProps {
  /** Of the speaker in this recording, as it is now. */
  readonly name: string | null;
  readonly elsewhere: readonly PersonVoice[];
  readonly isBusy: boolean;
  readonly nameHere: (name: string) => Promise<void>;
  readonly nameThere: (voices: readonly PersonVoice[], name: string) => Promise<void>;
}

/** The name from elsewhere for a speaker without one; the name of this one for those that have none elsewhere. */
function Proposal({ name, elsewhere, isBusy, nameHere, nameThere }: ProposalProps) {
  const words = strings.sameVoices;
  const proposed = onlyName(elsewhere);
  const nameless = elsewhere.filter(({ speaker }) => speaker.name === null);
  if (name === null && proposed !== null) {
    return (
      <Button className="button quiet" isDisabled={isBusy} onPress={() => void nameHere(proposed)}>
        {words.nameHere(proposed)}
      </Button>
    );
  }
  if (name === null || nameless.length === 0) return null;
  return (
    <Button className="button quiet" isDisabled={isBusy} onPress={() => void nameThere(nameless, name)}>
      {words.nameThere(name)}
    </Button>
  );
}

/** In another recording: to the revision that it has now. */
async function nameVoice({ taskId, speaker }: PersonVoice, name: string): Promise<void> {
  const { revision = 0 } = await client.transcript(taskId, AbortSignal.timeout(60_000));
  await client.changeTranscript(taskId, { revision, speakers: [{ id: speaker.id, name }] });
}
