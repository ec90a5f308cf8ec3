/** Name, address and token of a worker beside the first one. */
import type { FurtherWorker, FurtherWorkerAddition } from '@bulk-transcribe/protocol';
import { type FormEvent, useState } from 'react';
import { Button, Form } from 'react-aria-components';
import { type Problem, problemOfCause } from '../api/request.ts';
import { Field } from '../controls/field.tsx';
import { strings } from '../strings.ts';

interface FormProps {
  /** Left out where one is added. */
  readonly worker?: FurtherWorker;
  readonly onSave: (entry: FurtherWorkerAddition) => Promise<void>;
  readonly onCancel: () => void;
}

export function FurtherWorkerForm({ worker, onSave, onCancel }: FormProps) {
  const words = strings.admin.further;
  const [name, setName] = useState(worker?.name ?? '');
  const [url, setUrl] = useState(worker?.url ?? '');
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setProblem(null);
    // Nothing entered: a new one has none, a known one keeps its own.
    const entry = { ...(name.trim() !== '' && { name: name.trim() }), url, ...((token.trim() !== '' || !worker) && { token }) };
    onSave(entry as FurtherWorkerAddition).catch((cause: unknown) => setProblem(problemOfCause(cause)));
  };
  return (
    <Form className="admin-form" onSubmit={submit}>
      <Field label={words.name} help={words.nameHelp} autoComplete="off" value={name} onChange={setName} problem={null} />
      <Field label={words.url} help={strings.admin.remote.urlHelp} type="url" inputMode="url" value={url} onChange={setUrl} problem={null} />
      <Field
        label={words.token}
        {...(worker && { help: strings.admin.remote.tokenHelp })}
        type="password"
        autoComplete="off"
        value={token}
        onChange={setToken}
        problem={null}
      />
      <div role="alert">{problem && <p className="field-problem">{`${problem.message} ${problem.hint}`}</p>}</div>
      <div className="admin-buttons">
        <Button className="button primary" type="submit">
          {words.save}
        </Button>
        <Button className="button quiet" onPress={onCancel}>
          {words.cancel}
        </Button>
      </div>
    </Form>
  );
}
