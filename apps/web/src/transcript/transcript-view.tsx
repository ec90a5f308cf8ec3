import type { Task, Transcript } from '@bulk-transcribe/protocol';
import { useEffect, useEffectEvent, useState } from 'react';
import { mediaUrl } from '../api/client.ts';
import { useSession } from '../parts.ts';
import { placeIn } from '../router.ts';
import { strings } from '../strings.ts';
import { length } from '../times.ts';
import { CopyText } from './copy-text.tsx';
import { Downloads } from './downloads.tsx';
import { HowMade } from './how-made.tsx';
import { Notes } from './notes.tsx';
import { segmentAt } from './paragraphs.ts';
import { PlayerBar } from './player-bar.tsx';
import { commandOf, type PlayerCommand } from './player-keys.ts';
import { Speakers } from './speakers.tsx';
import { Text } from './text.tsx';
import { TextTools } from './text-tools.tsx';
import { usePlayer } from './use-player.ts';
import { nextPlace, useReview } from './use-review.ts';
import { useSearch } from './use-search.ts';
import { useSpokenWord } from './use-spoken-word.ts';
import type { LoadedTranscript } from './use-transcript.ts';

interface TranscriptViewProps {
  readonly task: Task;
  readonly transcript: Transcript;
  readonly correct: LoadedTranscript['correct'];
  readonly undo: LoadedTranscript['undo'];
  readonly tellAnew: LoadedTranscript['tellAnew'];
}

export function TranscriptView({ task, transcript, correct, undo, tellAnew }: TranscriptViewProps) {
  const { system, jobs } = useSession();
  const hasOthers = (jobs?.find(({ id }) => id === task.jobId)?.tasks.length ?? 0) > 1;
  const player = usePlayer();
  const [keysShown, showKeys] = useState(false);
  const search = useSearch(transcript);
  const { segments, provenance, durationSec } = transcript;
  const { shown, goTo } = useShownPlace(player.controls.seek);
  // Before the first play nothing is being spoken.
  const current = player.isPlaying || player.time > 0 ? segmentAt(segments, player.time) : -1;
  useSpokenWord(player, segments[current], current);
  const [edited, edit] = useState(-1);
  // Where there is no text at all, its place says so already.
  const notes = transcript.warnings.filter(({ code }) => code !== 'no_speech' || segments.length > 0);
  const review = useReview(task.id, notes);
  useKeys({
    ...player.controls,
    help: () => showKeys(true),
    search: () => search.field.current?.focus(),
    edit: () => edit(focusedLine() ?? Math.max(0, current)),
    undo: () => undo?.(),
    note: () => {
      const place = nextPlace(review.unseen, player.time);
      if (place !== undefined) goTo(place);
    },
  });
  const modelName = system?.models.find(({ id }) => id === provenance.model.id)?.name ?? provenance.model.id;
  const facts = [length(durationSec), strings.transcript.languageName(transcript), strings.transcript.speech(length(transcript.speechSec))];
  return (
    <>
      <div className="transcript-head">
        <h1 dir="auto">{task.recording.name}</h1>
        <p className="muted tabular">{facts.join(' · ')}</p>
      </div>
      {segments.length > 0 && <TextTools search={search} isCorrecting={edited >= 0} onCorrect={correct} undo={undo} />}
      <div className="transcript-body">
        <aside className="transcript-side" aria-label={strings.transcript.about}>
          <div className="take-away">
            <Downloads taskId={task.id} />
            {segments.length > 0 && <CopyText taskId={task.id} revision={transcript.revision ?? 0} />}
          </div>
          <Speakers task={task} hasOthers={hasOthers} transcript={transcript} onCorrect={correct} tellAnew={tellAnew} />
          {notes.length > 0 && <Notes warnings={notes} review={review} onGoTo={goTo} />}
          <HowMade transcript={transcript} modelName={modelName} />
        </aside>
        <Text
          transcript={transcript}
          current={current}
          edited={edited}
          opened={shown}
          hits={search.hits}
          hit={search.hits[search.place]}
          onPlayFrom={player.controls.playFrom}
          onEdit={edit}
          onCorrect={correct}
        />
      </div>
      <PlayerBar player={player} src={mediaUrl(task.recording.id)} transcript={transcript} keysShown={keysShown} onKeysShown={showKeys} />
    </>
  );
}

/** The line that the keyboard is in. */
function focusedLine(): number | null {
  const line = document.activeElement?.closest<HTMLElement>('[data-segment]');
  return line ? Number(line.dataset['segment']) : null;
}

/** The place that the reader was led to, by the address or by a note: the player goes there without playing. */
function useShownPlace(seek: (time: number) => void) {
  const [shown, show] = useState<{ readonly time: number } | undefined>(() => {
    const time = placeIn(location.hash);
    return time === null ? undefined : { time };
  });
  useEffect(() => {
    if (shown) seek(shown.time);
  }, [shown, seek]);
  return { shown, goTo: (time: number) => show({ time }) };
}

type Commands = Readonly<Record<PlayerCommand, () => void>>;

function useKeys(commands: Commands): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const command = commandOf(event, event.target instanceof Element ? event.target : null);
    if (command === undefined) return;
    event.preventDefault();
    commands[command]();
  });
  useEffect(() => {
    const listening = new AbortController();
    addEventListener('keydown', (event) => onKey(event), { signal: listening.signal });
    return () => listening.abort();
  }, []);
}
