import { strings } from '../strings.ts';
import { checkFields, type DecodingChoices, decodingOptionsOf, numberFields } from './decoding-choices.ts';
import { Area, Check, NumberInput } from './option-inputs.tsx';

interface DecodingFieldsProps {
  readonly chosen: DecodingChoices;
  readonly onChange: (chosen: DecodingChoices) => void;
}

/** For those who know the model: how it is to write. Empty fields are as they come. */
export function DecodingFields({ chosen, onChange }: DecodingFieldsProps) {
  const words = strings.options.decoding;
  const changed = Object.keys(decodingOptionsOf(chosen)).length;
  return (
    <details className="more-group">
      <summary>{words.title(changed)}</summary>
      <p className="muted small">{words.help}</p>
      <div className="more-numbers">
        {numberFields.map(({ key, usual, ...range }) => (
          <NumberInput
            key={key}
            name={words.numbers[key]}
            placeholder={usual}
            value={chosen[key] ?? ''}
            {...range}
            onChange={(value) => onChange({ ...chosen, [key]: value })}
          />
        ))}
      </div>
      {checkFields.map(([key, usual]) => (
        <Check key={key} {...words.checks[key]} isChosen={chosen[key] ?? usual} onChange={(isChosen) => onChange({ ...chosen, [key]: isChosen })} />
      ))}
      <Area {...words.prefix} rows={2} maxLength={1000} value={chosen.prefix ?? ''} onChange={(prefix) => onChange({ ...chosen, prefix })} />
    </details>
  );
}
