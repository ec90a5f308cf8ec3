import { type Segment, speakerName, type Transcript } from '@bulk-transcribe/protocol';
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { strings } from '../strings.ts';
import { clock } from '../times.ts';
import { type Correction, newSpeakerId } from './corrections.ts';

interface LineEditorProps {
  readonly line: Segment;
  readonly transcript: Transcript;
  readonly onCorrect: (correction: Correction) => Promise<boolean>;
  readonly onClose: () => void;
  /** Saved, and the next line is to be corrected. */
  readonly onNext: () => void;
}

/** A line as it is corrected: its text and who speaks. Ctrl+Enter saves, with Shift it goes on to the next line, Escape leaves. */
export function LineEditor({ line, transcript, onCorrect, onClose, onNext }: LineEditorProps) {
  const then = useRef(onClose);
  const words = strings.correct;
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const correction = correctionOf({ line, transcript, form: new FormData(event.currentTarget) });
    if (correction === null || (await onCorrect(correction))) then.current();
    then.current = onClose;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>): void => {
    if (event.key === 'Escape') onClose();
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    then.current = event.shiftKey ? onNext : onClose;
    event.currentTarget.requestSubmit();
  };
  return (
    <form className="line-editor" onSubmit={submit} onKeyDown={onKeyDown} aria-label={words.line(clock(line.start))}>
      {/* biome-ignore lint/a11y/noAutofocus: the person has just asked for this field */}
      <textarea autoFocus className="input" name="text" dir="auto" rows={3} maxLength={20_000} defaultValue={line.text} aria-label={words.text} />
      <SpeakerChoice line={line} transcript={transcript} />
      <div className="line-editor-buttons">
        <Button className="button quiet primary" type="submit">
          {words.save}
        </Button>
        <Button className="button quiet" onPress={onClose}>
          {words.cancel}
        </Button>
        {line.corrected && (
          <Button className="button quiet" onPress={() => void onCorrect({ segments: [asHeard(line)] }).then((isMade) => isMade && onClose())}>
            {words.asHeard}
          </Button>
        )}
      </div>
    </form>
  );
}

const ANOTHER = '+';
const asHeard = ({ start, end }: Segment) => ({ start, end, text: null, speaker: null });

/** Who speaks: one of those that are known, or somebody else by name. */
function SpeakerChoice({ line, transcript }: Pick<LineEditorProps, 'line' | 'transcript'>) {
  const [chosen, choose] = useState(line.speaker ?? '');
  const words = strings.correct;
  return (
    <div className="line-editor-speaker">
      <select className="input" name="speaker" aria-label={words.speaker} value={chosen} onChange={(event) => choose(event.target.value)}>
        {line.speaker === undefined && <option value="">{words.nobody}</option>}
        {(transcript.speakers ?? []).map(({ id }) => (
          <option key={id} value={id}>
            {speakerName(transcript, id)}
          </option>
        ))}
        <option value={ANOTHER}>{words.another}</option>
      </select>
      {chosen === ANOTHER && <input className="input" name="added" dir="auto" required maxLength={200} aria-label={words.addedName} />}
    </div>
  );
}

interface Filled {
  readonly line: Segment;
  readonly transcript: Transcript;
  readonly form: FormData;
}

/** Null where nothing was changed. */
function correctionOf({ line, transcript, form }: Filled): Correction | null {
  const text = String(form.get('text')).trim();
  const chosen = String(form.get('speaker'));
  const added = chosen === ANOTHER ? { id: newSpeakerId(transcript), name: String(form.get('added')).trim() } : null;
  const speaker = added?.id ?? chosen;
  const change = {
    ...(text !== line.text && { text }),
    ...(speaker !== (line.speaker ?? '') && { speaker }),
  };
  if (Object.keys(change).length === 0) return null;
  return { ...(added && { speakers: [added] }), segments: [{ start: line.start, end: line.end, ...change }] };
}
