/** What each worker is, does, and how long it stays. */
import type { AdminOverview, ModelPreparation, Task, WorkerView } from '@bulk-transcribe/protocol';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { Button } from 'react-aria-components';
import { Ask } from '../controls/ask.tsx';
import { Bar } from '../controls/bar.tsx';
import { useAttempt } from '../jobs/use-attempt.ts';
import { fileSize } from '../sizes.ts';
import { strings } from '../strings.ts';
import { clock, length, moment } from '../times.ts';
import type { AdminClient } from './admin-client.ts';

const KEEP_MINUTES = 15;

interface SectionProps {
  readonly client: AdminClient;
  readonly overview: AdminOverview | null;
  readonly onChanged: () => void;
}

export function WorkersSection({ client, overview, onChanged }: SectionProps) {
  return (
    <section className="admin-section" aria-labelledby="workers-title">
      <h2 id="workers-title">{strings.admin.workers.title}</h2>
      {overview === null ? (
        <p className="muted">{strings.admin.loading}</p>
      ) : (
        <ul>
          {overview.workers.map((worker) => (
            <Worker key={worker.url + worker.name} worker={worker} tasks={overview.tasks} client={client} onChanged={onChanged} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface WorkerProps {
  readonly worker: WorkerView;
  readonly tasks: readonly Task[];
  readonly client: AdminClient;
  readonly onChanged: () => void;
}

function Worker({ worker, tasks, client, onChanged }: WorkerProps) {
  const words = strings.admin.workers;
  const running = tasks.filter(({ id }) => worker.running.includes(id));
  const isWell = worker.usable && worker.alarm === '';
  const Icon = isWell ? CircleCheck : CircleAlert;
  return (
    <li className="worker" aria-label={worker.remote ? worker.name : words.local}>
      <Icon className="outcome" data-outcome={isWell ? 'good' : worker.alarm ? 'bad' : 'warn'} aria-hidden size={18} />
      <div>
        <p>
          <strong>{worker.remote ? worker.name : words.local}</strong> <span className="muted">{whatItIs(worker)}</span>
        </p>
        <p>{howItIs(worker)}</p>
        {running.length > 0 && <Running tasks={running} />}
        {worker.alarm && (
          <p className="worker-alarm" role="alert">
            {worker.alarm}
          </p>
        )}
        {worker.message && <p className="worker-message">{worker.message}</p>}
        {worker.preparing.map((preparation) => (
          <Preparing key={preparation.name} preparation={preparation} />
        ))}
        <p className="muted small tabular">{howLong(worker)}</p>
      </div>
      {worker.remote && worker.usable && <WorkerActions worker={worker} client={client} onChanged={onChanged} />}
    </li>
  );
}

/** File names in any script, one after another. */
function Running({ tasks }: Pick<WorkerProps, 'tasks'>) {
  return (
    <p>
      {strings.admin.workers.transcribes}{' '}
      {tasks.map(({ id, recording }, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <bdi>{recording.name}</bdi>
        </span>
      ))}
    </p>
  );
}

/** A model on its way there, or why it does not come. */
function Preparing({ preparation }: { readonly preparation: ModelPreparation }) {
  const words = strings.admin.workers;
  const { name, state, doneBytes, totalBytes, error } = preparation;
  if (state === 'failed') return <p className="worker-message">{`${words.cannotPrepare(name)} ${error?.message ?? ''} ${error?.hint ?? ''}`}</p>;
  const fetched = totalBytes === null || state === 'loading' ? null : doneBytes / totalBytes;
  const part = fetched === null ? '' : words.part(fetched, fileSize(totalBytes ?? 0));
  return (
    <div className="installing">
      <p>
        {words.preparing(name, state === 'loading')} <span className="muted small tabular">{part}</span>
      </p>
      {fetched !== null && <Bar label={words.preparing(name, false)} fraction={fetched} valueText={part} />}
    </div>
  );
}

function WorkerActions({ worker, client, onChanged }: Omit<WorkerProps, 'tasks'>) {
  const words = strings.admin.workers;
  const keeping = useAttempt(words.keepFailed);
  const draining = useAttempt(words.drainFailed);
  const keep = (minutes: number) => keeping(() => client.keep(worker.name, minutes).then(onChanged));
  return (
    <div className="worker-actions">
      <Button className="button quiet" onPress={() => keep(KEEP_MINUTES)}>
        {words.keep}
      </Button>
      {worker.keptUntil !== null && (
        <Button className="button quiet" onPress={() => keep(0)}>
          {words.letGo}
        </Button>
      )}
      <Ask
        title={words.drainTitle(worker.name)}
        text={words.drainText}
        yes={words.drain}
        no={words.stay}
        onYes={() => draining(() => client.drain(worker.name).then(onChanged))}
        trigger={<Button className="button quiet">{words.drain}</Button>}
      />
    </div>
  );
}

function whatItIs({ device, gpuName, timesRealTime, version }: WorkerView): string {
  const words = strings.admin.workers;
  const facts = [
    gpuName ?? (device === null ? '' : strings.device(device)),
    timesRealTime === null ? '' : strings.transcript.timesRealTime(timesRealTime),
    version === null ? '' : words.version(version),
  ];
  return facts.filter(Boolean).join(' · ');
}

function howItIs({ usable, leaving, state, running, slots }: WorkerView): string {
  const words = strings.admin.workers;
  const facts = [
    usable ? words.usable : words.away,
    words.state(running.length > 0 && usable ? 'busy' : state),
    running.length > 0 ? words.running(running.length) : '',
    usable ? `${strings.admin.test.slots.toLowerCase()}: ${strings.admin.test.slotsOf(slots.free, slots.total)}` : '',
    leaving ? words.leaving : '',
  ];
  return facts.filter(Boolean).join(', ');
}

/** "3 recordings, 2:04:11 long, in the last hour · Last contact Mar 4, 3:07 PM · ends in 0:42 if nothing comes". */
function howLong({ remote, lastHour, answeredAt, idleLeftMs, willEndBecause, keptAliveBy, keptUntil }: WorkerView): string {
  const words = strings.admin.workers;
  const done = lastHour.recordings === 0 ? '' : words.lastHour(lastHour.recordings, length(lastHour.durationSec));
  if (!remote) return done;
  const facts = [
    done,
    answeredAt === null ? words.neverAnswered : words.answered(moment(answeredAt)),
    idleLeftMs === null ? '' : words.endsIn(clock(idleLeftMs / 1000), willEndBecause),
    keptAliveBy.length > 0 ? words.keptBy(keptAliveBy) : '',
    keptUntil === null ? '' : words.keptUntil(moment(keptUntil)),
  ];
  return facts.filter(Boolean).join(' · ');
}
