/** Workers beside the first one: see them, add, change, test and remove them. */
import type { FurtherWorker, FurtherWorkerChange, FurtherWorkers, RemoteWorkerTest } from '@bulk-transcribe/protocol';
import { useEffect, useEffectEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { Ask } from '../controls/ask.tsx';
import { useAttempt } from '../jobs/use-attempt.ts';
import { strings } from '../strings.ts';
import type { AdminClient } from './admin-client.ts';
import { FurtherWorkerForm } from './further-worker-form.tsx';
import { TestResult } from './test-result.tsx';
import { Warnings } from './warnings.tsx';

interface SectionProps {
  readonly client: AdminClient;
  readonly onChanged: () => void;
}

export function FurtherWorkersSection({ client, onChanged }: SectionProps) {
  const words = strings.admin.further;
  const [list, setList] = useState<FurtherWorkers | null>(null);
  const [isAdding, setAdding] = useState(false);
  const reading = useAttempt(words.failed);
  const read = useEffectEvent(() => reading(() => client.furtherWorkers().then(setList)));
  useEffect(() => read(), []);
  const changed = (next: FurtherWorkers): void => {
    setList(next);
    setAdding(false);
    onChanged();
  };
  return (
    <section className="admin-section" aria-labelledby="further-title">
      <h2 id="further-title">{words.title}</h2>
      <p className="muted">{words.intro}</p>
      <Warnings warnings={list?.warnings ?? []} />
      <ul>
        {list?.workers.map((worker) => (
          <Further key={worker.source + worker.name} worker={worker} client={client} onChanged={changed} />
        ))}
      </ul>
      {isAdding ? (
        <FurtherWorkerForm onSave={(entry) => client.addWorker(entry).then(changed)} onCancel={() => setAdding(false)} />
      ) : (
        <div className="admin-buttons">
          <Button className="button" onPress={() => setAdding(true)}>
            {words.add}
          </Button>
        </div>
      )}
    </section>
  );
}

interface FurtherProps {
  readonly worker: FurtherWorker;
  readonly client: AdminClient;
  readonly onChanged: (list: FurtherWorkers) => void;
}

function Further({ worker, client, onChanged }: FurtherProps) {
  const words = strings.admin.further;
  const { name, url, tokenSet, source, warning } = worker;
  const [isChanging, setChanging] = useState(false);
  const [result, setResult] = useState<RemoteWorkerTest | null>(null);
  const testing = useAttempt(words.failed);
  const save = async (change: FurtherWorkerChange): Promise<void> => {
    onChanged(await client.changeWorker(name, change));
    setChanging(false);
    setResult(null);
  };
  return (
    <li className="further" aria-label={name}>
      <div>
        <p>
          <strong>{name}</strong> <span className="muted">{url}</span>
        </p>
        <p className="muted small">{words.facts(tokenSet, source)}</p>
        {warning && <Warnings warnings={[warning]} />}
      </div>
      <div className="worker-actions">
        <Button className="button quiet" aria-label={words.testNamed(name)} onPress={() => testing(() => client.testWorker(name).then(setResult))}>
          {words.test}
        </Button>
        {source === 'saved' && (
          <>
            <Button className="button quiet" aria-label={words.changeNamed(name)} onPress={() => setChanging(!isChanging)}>
              {words.change}
            </Button>
            <RemoveWorker name={name} client={client} onChanged={onChanged} />
          </>
        )}
      </div>
      <div className="further-wide">
        <TestResult result={result} />
        {isChanging && <FurtherWorkerForm worker={worker} onSave={save} onCancel={() => setChanging(false)} />}
      </div>
    </li>
  );
}

function RemoveWorker({ name, client, onChanged }: Pick<FurtherProps, 'client' | 'onChanged'> & { readonly name: string }) {
  const words = strings.admin.further;
  const removing = useAttempt(words.failed);
  return (
    <Ask
      title={words.removeTitle(name)}
      text={words.removeText}
      yes={words.remove}
      no={words.cancel}
      onYes={() => removing(() => client.removeWorker(name).then(onChanged))}
      trigger={
        <Button className="button quiet" aria-label={words.removeNamed(name)}>
          {words.remove}
        </Button>
      }
    />
  );
}
