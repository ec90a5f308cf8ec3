/** The form: address, token, mode; test and save. */
import { type RemoteMode, type RemoteWorkerChange, type RemoteWorkerConfig, type RemoteWorkerTest, remoteModes } from '@bulk-transcribe/protocol';
import { type FormEvent, useState } from 'react';
import { Button, Form, Label, Radio, RadioGroup } from 'react-aria-components';
import { type Problem, problemOfCause } from '../api/request.ts';
import { Field } from '../controls/field.tsx';
import { strings } from '../strings.ts';
import type { AdminClient } from './admin-client.ts';
import { InForce } from './in-force.tsx';
import { TestResult } from './test-result.tsx';

interface RemoteWorkerProps {
  readonly client: AdminClient;
  readonly config: RemoteWorkerConfig;
  readonly onSaved: () => void;
}

export function RemoteWorkerSection({ client, config: first, onSaved }: RemoteWorkerProps) {
  const form = useRemoteForm(client, first, onSaved);
  const { config, url, token, mode, busy, problem } = form;
  const words = strings.admin.remote;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void form.save();
  };
  return (
    <section className="admin-section" aria-labelledby="remote-title">
      <h2 id="remote-title">{words.title}</h2>
      <p className="muted">{words.intro}</p>
      <InForce config={config} />
      <Form className="admin-form" onSubmit={submit}>
        <Field
          label={words.url}
          help={words.urlHelp}
          type="url"
          inputMode="url"
          autoComplete="off"
          value={url}
          onChange={form.setUrl}
          problem={null}
        />
        <div className="admin-token">
          <Field
            label={`${words.token}: ${config.tokenSet ? words.tokenSet : words.tokenNotSet}`}
            help={words.tokenHelp}
            type="password"
            autoComplete="off"
            value={token}
            onChange={form.setToken}
            problem={null}
          />
          {config.tokenSet && config.sources.token === 'saved' && (
            <Button className="link-button small" isDisabled={busy !== null} onPress={() => void form.save({ token: '' })}>
              {words.clearToken}
            </Button>
          )}
        </div>
        <ModeChoice mode={mode} onChange={form.setMode} />
        <div role="alert">{problem && <p className="field-problem">{`${problem.message} ${problem.hint}`}</p>}</div>
        <div className="admin-buttons">
          <Button className="button" isDisabled={busy !== null} onPress={() => void form.test()}>
            {busy === 'test' ? words.testing : words.test}
          </Button>
          <Button className="button primary" type="submit" isDisabled={busy !== null}>
            {words.save}
          </Button>
          <p role="status" className="muted small">
            {form.isSaved ? words.saved : ''}
          </p>
        </div>
      </Form>
      <TestResult result={form.result} />
    </section>
  );
}

function ModeChoice({ mode, onChange }: { readonly mode: RemoteMode; readonly onChange: (mode: RemoteMode) => void }) {
  const { modes, mode: label } = strings.admin.remote;
  return (
    <RadioGroup className="mode-choice" value={mode} onChange={(value) => onChange(value as RemoteMode)}>
      <Label className="mode-label">{label}</Label>
      {remoteModes.map((name) => (
        <Radio key={name} value={name} className="mode">
          <span className="mode-dot" aria-hidden />
          <span>
            <strong>{modes[name].name}</strong>
            <span className="muted"> {modes[name].text}</span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}

function useRemoteForm(client: AdminClient, first: RemoteWorkerConfig, onSaved: () => void) {
  const [config, setConfig] = useState(first);
  const [url, setUrl] = useState(first.saved?.url ?? first.url);
  const [token, setToken] = useState('');
  const [mode, setMode] = useState<RemoteMode>(first.saved?.mode ?? first.mode);
  const [busy, setBusy] = useState<'test' | 'save' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [result, setResult] = useState<RemoteWorkerTest | null>(null);
  const [isSaved, setSaved] = useState(false);
  const entered = { ...(token.trim() !== '' && { token }) };
  const attempt = async (what: 'test' | 'save', action: () => Promise<void>): Promise<void> => {
    setBusy(what);
    setSaved(false);
    setProblem(null);
    await action().catch((cause: unknown) => setProblem(problemOfCause(cause)));
    setBusy(null);
  };
  const test = () => attempt('test', async () => setResult(await client.test({ ...(url.trim() !== '' && { url }), ...entered })));
  const save = (change: RemoteWorkerChange = { url, mode, ...entered }) =>
    attempt('save', async () => {
      setConfig(await client.save(change));
      setToken('');
      setSaved(true);
      onSaved();
    });
  /** A result is of what was tested. */
  const edit = (set: (text: string) => void) => (text: string) => {
    set(text);
    setResult(null);
    setSaved(false);
  };
  return { config, url, setUrl: edit(setUrl), token, setToken: edit(setToken), mode, setMode, busy, problem, result, isSaved, test, save };
}
