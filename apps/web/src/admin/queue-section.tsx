/** The tasks of all sessions: at work, waiting, failed, and what can be done with each. */
import { type AdminOverview, isFinal, type Task } from '@bulk-transcribe/protocol';
import { Button } from 'react-aria-components';
import { progressWords, stateWords } from '../jobs/task-words.ts';
import { useAttempt } from '../jobs/use-attempt.ts';
import { strings } from '../strings.ts';
import type { AdminClient } from './admin-client.ts';

interface SectionProps {
  readonly client: AdminClient;
  readonly overview: AdminOverview | null;
  readonly onChanged: () => void;
}

export function QueueSection({ client, overview, onChanged }: SectionProps) {
  const words = strings.admin.queue;
  if (overview === null) return null;
  const { tasks, counts, routing } = overview;
  const all = counts.waiting + counts.running + counts.failed;
  return (
    <section className="admin-section" aria-labelledby="queue-title">
      <h2 id="queue-title">{words.title}</h2>
      <p className="tabular">{all === 0 ? words.empty : words.counts(counts.waiting, counts.running, counts.failed)}</p>
      {counts.waiting > 0 && routing.place === null && <p className="worker-message">{routing.reason}</p>}
      <ul>
        {tasks.map((task) => (
          <QueuedTask key={task.id} task={task} client={client} onChanged={onChanged} />
        ))}
      </ul>
      {tasks.length < all && <p className="muted small">{words.first(tasks.length)}</p>}
    </section>
  );
}

function QueuedTask({ task, client, onChanged }: { readonly task: Task; readonly client: AdminClient; readonly onChanged: () => void }) {
  const { name } = task.recording;
  const attempt = useAttempt(strings.admin.queue.failed);
  const facts = [
    stateWords(task),
    task.state === 'running' ? progressWords(task) : '',
    task.worker ? strings.task.on(strings.worker(task.worker)) : '',
  ];
  const over = isFinal(task.state);
  const act = () => attempt(() => (over ? client.retryTask(task.id) : client.cancelTask(task.id)).then(onChanged));
  return (
    <li className="queue-row">
      <div>
        <p dir="auto" className="queue-name">
          {name}
        </p>
        <p className="muted small tabular">{facts.filter(Boolean).join(' · ')}</p>
        {task.error && (
          <p className="small worker-message">
            {task.error.message} {task.error.hint}
          </p>
        )}
      </div>
      <Button className="button quiet" aria-label={over ? strings.task.retryNamed(name) : strings.task.cancel(name)} onPress={act}>
        {over ? strings.task.retry : strings.admin.queue.cancel}
      </Button>
    </li>
  );
}
