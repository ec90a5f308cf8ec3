/** Asks for the password of this installation; nothing else is shown before it is given. */
import './access.css';
import { type FormEvent, useState } from 'react';
import { Button, Form } from 'react-aria-components';
import { client } from '../api/client.ts';
import { type Problem, problemOfCause } from '../api/request.ts';
import { Field } from '../controls/field.tsx';
import { strings } from '../strings.ts';

export function AccessPage() {
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isAsking, setAsking] = useState(false);
  const enter = async (event: FormEvent) => {
    event.preventDefault();
    if (isAsking || password === '') return;
    setAsking(true);
    try {
      await client.enter(password);
      // Everything begins anew with the access: the state, the stream of events, the view asked for.
      location.reload();
    } catch (cause) {
      setProblem(problemOfCause(cause));
      setAsking(false);
    }
  };
  return (
    <div className="column access">
      <h1>{strings.access.title}</h1>
      <p className="muted">{strings.access.text}</p>
      <Form className="access-form" onSubmit={enter}>
        <Field
          label={strings.access.password}
          type="password"
          name="password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={setPassword}
          problem={problem}
        />
        <Button className="button primary" type="submit" isDisabled={isAsking}>
          {strings.access.enter}
        </Button>
      </Form>
    </div>
  );
}
