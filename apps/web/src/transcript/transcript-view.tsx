import type { Task, Transcript } from '@bulk-transcribe/protocol';
import { useEffect, useEffectEvent, useState } from 'react';
import { mediaUrl } from '../api/client.ts';
import { useSession } from '../parts.ts';
import { strings } from '../strings.ts';
import { length } from '../times.ts';
import { Downloads } from './downloads.tsx';
import { HowMade } from './how-made.tsx';
import { Notes } from './notes.tsx';
import { segmentAt } from './paragraphs.ts';
import { PlayerBar } from './player-bar.tsx';
import { commandOf } from './player-keys.ts';
import { Speakers } from './speakers.tsx';
import { Text } from './text.tsx';
import { type PlayerControls, usePlayer } from './use-player.ts';

export function TranscriptView({ task, transcript }: { readonly task: Task; readonly transcript: Transcript }) {
  const { system } = useSession();
  const player = usePlayer();
  const [keysShown, showKeys] = useState(false);
  useKeys(player.controls, () => showKeys(true));
  const { segments, provenance, durationSec } = transcript;
  // Before the first play nothing is being spoken.
  const current = player.isPlaying || player.time > 0 ? segmentAt(segments, player.time) : -1;
  const modelName = system?.models.find(({ id }) => id === provenance.model.id)?.name ?? provenance.model.id;
  const facts = [length(durationSec), strings.transcript.languageName(transcript), strings.transcript.speech(length(transcript.speechSec))];
  // Where there is no text at all, its place says so already.
  const notes = transcript.warnings.filter(({ code }) => code !== 'no_speech' || segments.length > 0);
  return (
    <>
      <div className="transcript-head">
        <h1 dir="auto">{task.recording.name}</h1>
        <p className="muted tabular">{facts.join(' · ')}</p>
      </div>
      <div className="transcript-body">
        <aside className="transcript-side" aria-label={strings.transcript.about}>
          <Downloads taskId={task.id} />
          <Speakers transcript={transcript} />
          {notes.length > 0 && <Notes warnings={notes} onPlayFrom={player.controls.playFrom} />}
          <HowMade transcript={transcript} modelName={modelName} />
        </aside>
        <Text transcript={transcript} current={current} onPlayFrom={player.controls.playFrom} />
      </div>
      <PlayerBar player={player} src={mediaUrl(task.recording.id)} transcript={transcript} keysShown={keysShown} onKeysShown={showKeys} />
    </>
  );
}

function useKeys(controls: PlayerControls, showKeys: () => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const command = commandOf(event, event.target instanceof Element ? event.target : null);
    if (command === undefined) return;
    event.preventDefault();
    if (command === 'help') showKeys();
    else controls[command]();
  });
  useEffect(() => {
    const listening = new AbortController();
    addEventListener('keydown', (event) => onKey(event), { signal: listening.signal });
    return () => listening.abort();
  }, []);
}
