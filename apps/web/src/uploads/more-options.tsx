import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Sheet } from '../controls/sheet.tsx';
import { strings } from '../strings.ts';
import { DecodingFields } from './decoding-fields.tsx';
import { furtherChoices, type JobChoices, type UsableChoices } from './job-choices.ts';
import { Area, Check, Choice, NumberInput } from './option-inputs.tsx';
import { PresetList } from './presets.tsx';

interface MoreOptionsProps {
  readonly chosen: UsableChoices;
  readonly onChange: (change: Partial<JobChoices>) => void;
}

/** What few need, out of sight; only what the model can do. */
export function MoreOptions({ chosen, onChange }: MoreOptionsProps) {
  const words = strings.options;
  // The fields of numbers keep what is typed; a preset makes them anew.
  const [round, setRound] = useState(0);
  return (
    <Sheet
      title={words.title}
      trigger={
        <Button className="button quiet">
          <SlidersHorizontal aria-hidden size={16} />
          {words.more(furtherChoices(chosen))}
        </Button>
      }
    >
      <div className="more-options" key={round}>
        <Accuracy chosen={chosen} onChange={onChange} />
        {chosen.info?.prompt ? <Terms chosen={chosen} onChange={onChange} /> : <p className="muted small">{words.noPrompt}</p>}
        {chosen.speakers !== 'off' && <Voices chosen={chosen} onChange={onChange} />}
        <Choice
          name={words.priority}
          value={chosen.priority}
          choices={priorities.map((value) => [value, words.priorities[value]])}
          onChange={(priority) => onChange({ priority })}
        />
        {chosen.info?.prompt && <DecodingFields chosen={chosen.decoding} onChange={(decoding) => onChange({ decoding })} />}
      </div>
      <PresetList
        chosen={chosen}
        onChoose={(choices) => {
          onChange(choices);
          setRound(round + 1);
        }}
      />
    </Sheet>
  );
}

const priorities = ['3', '0', '-3'] as const;

function Accuracy({ chosen, onChange }: MoreOptionsProps) {
  const words = strings.options;
  return (
    <>
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
      {(chosen.info?.languages.length ?? 0) > 1 && chosen.language === '' && (
        <Check
          name={words.manyLanguages}
          help={words.manyLanguagesHelp}
          isChosen={chosen.languageDetection === 'window'}
          onChange={(isChosen) => onChange({ languageDetection: isChosen ? 'window' : 'recording' })}
        />
      )}
    </>
  );
}

function Terms({ chosen, onChange }: MoreOptionsProps) {
  const words = strings.options;
  return (
    <>
      <Area name={words.glossary} help={words.glossaryHelp} value={chosen.glossary} onChange={(glossary) => onChange({ glossary })} />
      <Area name={words.prompt} help={words.promptHelp} value={chosen.prompt} onChange={(prompt) => onChange({ prompt })} />
    </>
  );
}

/** How many voices at least and at most, where the number is not known, and what the two channels mean. */
function Voices({ chosen, onChange }: MoreOptionsProps) {
  const words = strings.options;
  const range = { min: 1, max: 64, step: 1 };
  return (
    <div className="more-numbers">
      {chosen.speakers === '' && (
        <>
          <NumberInput name={words.atLeast} value={chosen.minSpeakers} {...range} onChange={(minSpeakers) => onChange({ minSpeakers })} />
          <NumberInput name={words.atMost} value={chosen.maxSpeakers} {...range} onChange={(maxSpeakers) => onChange({ maxSpeakers })} />
        </>
      )}
      <Choice
        name={words.channelsLabel}
        value={chosen.channels}
        choices={(['auto', 'separate', 'mix'] as const).map((value) => [value, words.channels[value]])}
        onChange={(channels) => onChange({ channels })}
      />
    </div>
  );
}
