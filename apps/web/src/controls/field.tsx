import './field.css';
import { FieldError, Input, Label, Text, TextField, type TextFieldProps } from 'react-aria-components';
import type { Problem } from '../api/request.ts';

interface FieldProps extends Omit<TextFieldProps, 'children' | 'className'> {
  readonly label: string;
  /** What is to be entered, in a sentence. */
  readonly help?: string;
  readonly inputMode?: 'url';
  /** What was wrong with what was sent. */
  readonly problem: Problem | null;
}

/** One line of text with its label, and what was wrong with it. */
export function Field({ label, help, inputMode, problem, ...props }: FieldProps) {
  return (
    <TextField {...props} className="field" isInvalid={problem !== null} validationBehavior="aria">
      <Label>{label}</Label>
      <Input className="input" inputMode={inputMode} />
      {help !== undefined && (
        <Text slot="description" className="muted small">
          {help}
        </Text>
      )}
      {/* Always there, so that a screen reader tells what comes into it. */}
      <div role="alert">
        <FieldError className="field-problem">{problem && `${problem.message} ${problem.hint}`}</FieldError>
      </div>
    </TextField>
  );
}
