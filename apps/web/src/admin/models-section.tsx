/** Models: what is installed, what suits this machine, what is on its way, and what else there is. */
import type { InstalledCheckpoint, KnownModel, ModelInstall, ModelsOverview } from '@bulk-transcribe/protocol';
import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { Ask } from '../controls/ask.tsx';
import { Bar } from '../controls/bar.tsx';
import { useAttempt } from '../jobs/use-attempt.ts';
import { useSession } from '../parts.ts';
import { fileSize } from '../sizes.ts';
import { strings } from '../strings.ts';
import type { AdminClient } from './admin-client.ts';
import { usePolled } from './use-polled.ts';

/** While something is being installed, and otherwise, milliseconds. */
const INSTALLING_MS = 1_000;
const QUIET_MS = 15_000;

interface Acts {
  readonly install: (name: string) => void;
  readonly remove: (name: string) => void;
}

export function ModelsSection({ client }: { readonly client: AdminClient }) {
  const words = strings.admin.models;
  const [isInstalling, setInstalling] = useState(true);
  const { now, refresh } = usePolled(
    () =>
      client.models().then((models) => {
        setInstalling(models.installs.some(({ state }) => state === 'running'));
        return models;
      }),
    isInstalling ? INSTALLING_MS : QUIET_MS,
  );
  const attempt = useAttempt(words.failed);
  const acts: Acts = {
    install: (name) => attempt(() => client.installModel(name).then(() => setInstalling(true))),
    remove: (name) => attempt(() => client.removeModel(name).then(refresh)),
  };
  return (
    <section className="admin-section" aria-labelledby="models-title">
      <h2 id="models-title">{words.title}</h2>
      {now && <Overview models={now} acts={acts} />}
    </section>
  );
}

function Overview({ models: { installed, known, installs, proposal }, acts }: { readonly models: ModelsOverview; readonly acts: Acts }) {
  const words = strings.admin.models;
  const here = new Set([...installed, ...installs].map(({ name }) => name));
  const proposed = [...new Set([proposal.name, proposal.englishName])].filter((name) => name !== null && !here.has(name)) as string[];
  return (
    <>
      <div className="proposal">
        <p>{words.proposal(proposal.name, proposal.englishName)}</p>
        <p className="muted small">{proposal.basis}</p>
        <div className="admin-buttons">
          {proposed.map((name) => (
            <Button key={name} className="button" onPress={() => acts.install(name)}>
              {words.installNamed(name)}
            </Button>
          ))}
        </div>
      </div>
      <ul>
        {installs.map((install) => (
          <Installing key={install.name} install={install} acts={acts} />
        ))}
        {installed.map((model) => (
          <Installed key={model.name} model={model} acts={acts} />
        ))}
      </ul>
      {installed.length === 0 && installs.length === 0 && <p className="muted">{words.none}</p>}
      <details className="more-models">
        <summary>{words.more}</summary>
        <ul>
          {known
            .filter(({ name }) => !here.has(name))
            .map((model) => (
              <Known key={model.name} model={model} acts={acts} />
            ))}
        </ul>
        <FromHub onInstall={acts.install} />
      </details>
    </>
  );
}

function Installed({ model, acts }: { readonly model: InstalledCheckpoint; readonly acts: Acts }) {
  const words = strings.admin.models;
  const { name, problem } = model;
  const info = useSession().system?.models.find(({ id }) => id === name);
  const facts = [words.languages(model.languages), fileSize(model.bytes), memoryWords(model), model.license ?? '', words.origin(model.origin)];
  return (
    <li className="queue-row" aria-label={name}>
      <div>
        <p className="queue-name">{info?.name ?? name}</p>
        <p className="muted small">{facts.filter(Boolean).join(' · ')}</p>
        {info && <p className="muted small">{words.can(info)}</p>}
        {problem && <p className="small worker-message">{problem}</p>}
      </div>
      <Ask
        title={words.removeTitle(name)}
        text={words.removeText(fileSize(model.bytes))}
        yes={words.remove}
        no={words.keep}
        onYes={() => acts.remove(name)}
        trigger={
          <Button className="button quiet" aria-label={words.removeNamed(name)}>
            {words.remove}
          </Button>
        }
      />
    </li>
  );
}

function Installing({ install: { name, state, doneBytes, totalBytes, error }, acts }: { readonly install: ModelInstall; readonly acts: Acts }) {
  const words = strings.admin.models;
  const progress = totalBytes === null ? fileSize(doneBytes) : strings.task.progress(fileSize(doneBytes), fileSize(totalBytes));
  const isRunning = state === 'running';
  return (
    <li className="queue-row" aria-label={name}>
      <div className="installing">
        <p className="queue-name">{name}</p>
        {isRunning && <Bar label={words.progressLabel(name)} fraction={totalBytes === null ? null : doneBytes / totalBytes} valueText={progress} />}
        <p className="muted small tabular">
          {words.states[state]} · {progress}
        </p>
        {error && (
          <p className="small worker-message">
            {error.message} {error.hint}
          </p>
        )}
      </div>
      {!isRunning && (
        <div className="worker-actions">
          <Button className="button quiet" aria-label={words.goOnNamed(name)} onPress={() => acts.install(name)}>
            {words.goOn}
          </Button>
          <Button className="button quiet" aria-label={words.removeNamed(name)} onPress={() => acts.remove(name)}>
            {words.remove}
          </Button>
        </div>
      )}
    </li>
  );
}

function Known({ model, acts }: { readonly model: KnownModel; readonly acts: Acts }) {
  const words = strings.admin.models;
  const sizes = model.files.map(({ size }) => size);
  const bytes = sizes.every((size) => size !== null) ? sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) : 0;
  const facts = [words.languages(model.languages), bytes > 0 ? words.download(fileSize(bytes)) : '', memoryWords(model), model.license];
  return (
    <li className="queue-row" aria-label={model.name}>
      <div>
        <p className="queue-name">{model.name}</p>
        <p className="muted small">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      <Button className="button quiet" aria-label={words.installNamed(model.name)} onPress={() => acts.install(model.name)}>
        {words.install}
      </Button>
    </li>
  );
}

const memoryWords = ({ memoryBytes }: { readonly memoryBytes: number | null }): string =>
  memoryBytes === null ? '' : strings.admin.models.memory(fileSize(memoryBytes));

/** Any checkpoint of the hub in Hugging Face's layout, by its owner and name. */
function FromHub({ onInstall }: { readonly onInstall: (name: string) => void }) {
  const words = strings.admin.models;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onInstall(String(new FormData(event.currentTarget).get('name')).trim());
    event.currentTarget.reset();
  };
  return (
    <form className="from-hub" onSubmit={submit}>
      <label htmlFor="from-hub-name">{words.other}</label>
      <input id="from-hub-name" className="input" name="name" required pattern="[^/\s]+/[^/\s]+" placeholder="owner/name" maxLength={200} />
      <Button className="button" type="submit">
        {words.install}
      </Button>
    </form>
  );
}
