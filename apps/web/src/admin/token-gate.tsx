import { type FormEvent, useState } from 'react';
import { Button, Form } from 'react-aria-components';
import type { Problem } from '../api/request.ts';
import { Field } from '../controls/field.tsx';
import { strings } from '../strings.ts';

interface TokenGateProps {
  readonly problem: Problem | null;
  readonly onEnter: (token: string) => Promise<void>;
}

export function TokenGate({ problem, onEnter }: TokenGateProps) {
  const [token, setToken] = useState('');
  const [isAsking, setAsking] = useState(false);
  const enter = async (event: FormEvent) => {
    event.preventDefault();
    if (isAsking || token.trim() === '') return;
    setAsking(true);
    await onEnter(token.trim());
    setAsking(false);
  };
  const words = strings.admin.gate;
  return (
    <div className="column access">
      <h1>{words.title}</h1>
      <p className="muted">{words.text}</p>
      <Form className="access-form" onSubmit={enter}>
        <Field
          label={words.token}
          type="password"
          name="admin-token"
          autoComplete="off"
          autoFocus
          value={token}
          onChange={setToken}
          problem={problem}
        />
        <Button className="button primary" type="submit" isDisabled={isAsking}>
          {words.enter}
        </Button>
      </Form>
    </div>
  );
}
