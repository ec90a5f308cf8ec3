import { Pencil } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { strings } from '../strings.ts';

interface RenameSpeakerProps {
  readonly name: string;
  /** Gives whether it was made. An empty name is none. */
  readonly onRename: (name: string) => Promise<boolean>;
}

/** The name of a speaker; changed in its place, everywhere at once. */
export function RenameSpeaker({ name, onRename }: RenameSpeakerProps) {
  const [isEditing, setEditing] = useState(false);
  const words = strings.correct;
  if (!isEditing) {
    return (
      <Button className="speaker-name" aria-label={words.rename(name)} onPress={() => setEditing(true)}>
        <bdi>{name}</bdi>
        <Pencil aria-hidden size={14} />
      </Button>
    );
  }
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const next = String(new FormData(event.currentTarget).get('name')).trim();
    if (next === name || (await onRename(next))) setEditing(false);
  };
  return (
    <form className="speaker-form" onSubmit={submit}>
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just asked for this field
        autoFocus
        className="input"
        name="name"
        dir="auto"
        maxLength={200}
        defaultValue={name}
        aria-label={words.nameOf(name)}
        onFocus={(event) => event.target.select()}
        onKeyDown={(event) => event.key === 'Escape' && setEditing(false)}
      />
      <Button className="button quiet" type="submit">
        {words.save}
      </Button>
    </form>
  );
}
