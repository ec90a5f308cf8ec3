import { SlidersHorizontal } from 'lucide-react';
import { useId } from 'react';
import { Button } from 'react-aria-components';
import { Sheet } from '../controls/sheet.tsx';
import { strings } from '../strings.ts';
import { furtherChoices, type JobChoices, type UsableChoices } from './job-choices.ts';

interface MoreOptionsProps {
  readonly chosen: UsableChoices;
  readonly onChange: (change: Partial<JobChoices>) => void;
}

/** What few need, out of sight; only what the model can do. */
export function MoreOptions({ chosen, onChange }: MoreOptionsProps) {
  const words = strings.options;
  const further = furtherChoices(chosen);
  return (
    <Sheet
      title={words.title}
      trigger={
        <Button className="button quiet">
          <SlidersHorizontal aria-hidden size={16} />
          {words.more(further)}
        </Button>
      }
    >
      <div className="more-options">
        <Check
          name={words.accurate}
          help={words.accurateHelp}
          isChosen={chosen.quality === 'accurate'}
          onChange={(isChosen) => onChange({ quality: isChosen ? 'accurate' : 'standard' })}
        />
        {chosen.info?.wordTimes && (
          <Check name={words.wordTimes} help={words.wordTimesHelp} isChosen={chosen.wordTimes} onChange={(wordTimes) => onChange({ wordTimes })} />
        )}
        {chosen.info?.translation && (
          <Check
            name={words.translate}
            help={words.translateHelp}
            isChosen={chosen.task === 'translate'}
            onChange={(isChosen) => onChange({ task: isChosen ? 'translate' : 'transcribe' })}
          />
        )}
        {chosen.info?.prompt ? (
          <>
            <Area name={words.glossary} help={words.glossaryHelp} value={chosen.glossary} onChange={(glossary) => onChange({ glossary })} />
            <Area name={words.prompt} help={words.promptHelp} value={chosen.prompt} onChange={(prompt) => onChange({ prompt })} />
          </>
        ) : (
          <p className="muted small">{words.noPrompt}</p>
        )}
      </div>
    </Sheet>
  );
}

interface CheckProps {
  readonly name: string;
  readonly help: string;
  readonly isChosen: boolean;
  readonly onChange: (isChosen: boolean) => void;
}

function Check({ name, help, isChosen, onChange }: CheckProps) {
  return (
    <label className="more-check">
      <input type="checkbox" checked={isChosen} onChange={(event) => onChange(event.target.checked)} />
      <span>
        {name} <span className="muted small">{help}</span>
      </span>
    </label>
  );
}

interface AreaProps {
  readonly name: string;
  readonly help: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function Area({ name, help, value, onChange }: AreaProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      <textarea
        id={id}
        className="input"
        dir="auto"
        rows={3}
        maxLength={4000}
        aria-describedby={`${id}-help`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-help`} className="muted small">
        {help}
      </p>
    </div>
  );
}
