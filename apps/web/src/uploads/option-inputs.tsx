/** The fields of "More options", each with its words. */
import '../controls/field.css';
import { type InputHTMLAttributes, useId } from 'react';

interface CheckProps {
  readonly name: string;
  readonly help: string;
  readonly isChosen: boolean;
  readonly onChange: (isChosen: boolean) => void;
}

export function Check({ name, help, isChosen, onChange }: CheckProps) {
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
  readonly rows?: number;
  readonly maxLength?: number;
  readonly onChange: (text: string) => void;
}

export function Area({ name, help, value, rows = 3, maxLength = 4000, onChange }: AreaProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      <textarea
        id={id}
        className="input"
        dir="auto"
        rows={rows}
        maxLength={maxLength}
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

interface NumberInputProps extends Pick<InputHTMLAttributes<HTMLInputElement>, 'min' | 'max' | 'step' | 'placeholder'> {
  readonly name: string;
  /** As typed; empty = none. What is no number of the range never gets here. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function NumberInput({ name, value, onChange, ...range }: NumberInputProps) {
  return (
    <label className="more-number">
      <span>{name}</span>
      <input
        className="input tabular"
        type="number"
        defaultValue={value}
        {...range}
        onChange={({ target }) => target.validity.valid && onChange(target.value)}
      />
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  readonly name: string;
  readonly value: Value;
  readonly choices: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ name, value, choices, onChange }: ChoiceProps<Value>) {
  return (
    <label className="more-number">
      <span>{name}</span>
      <select className="input" value={value} onChange={({ target }) => onChange(target.value as Value)}>
        {choices.map(([known, words]) => (
          <option key={known} value={known}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
