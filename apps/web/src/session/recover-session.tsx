import { type FormEvent, useState } from 'react';
import { Button, Form } from 'react-aria-components';
import { client } from '../api/client.ts';
import { type Problem, problemOfCause } from '../api/request.ts';
import { Field } from '../controls/field.tsx';
import { Sheet } from '../controls/sheet.tsx';
import { useParts } from '../parts.ts';
import { strings } from '../strings.ts';

/** Opens the session of a recovery code in this browser. */
export function RecoverSession() {
  const { uploader } = useParts();
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const recover = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await client.recover(code);
      // They belong to the session that this browser leaves.
      uploader.forgetAll();
      location.reload();
    } catch (cause) {
      setProblem(problemOfCause(cause));
    }
  };
  return (
    <Sheet
      title={strings.recovery.useTitle}
      onOpenChange={() => setProblem(null)}
      trigger={<Button className="link-button">{strings.recovery.use}</Button>}
    >
      <p>{strings.recovery.useText}</p>
      <Form className="sheet-form" onSubmit={recover}>
        <Field
          label={strings.recovery.code}
          value={code}
          onChange={setCode}
          problem={problem}
          autoComplete="off"
          spellCheck="false"
          autoFocus
          isRequired
        />
        <div className="dialog-buttons">
          <Button className="button primary" type="submit">
            {strings.recovery.open}
          </Button>
        </div>
      </Form>
    </Sheet>
  );
}
