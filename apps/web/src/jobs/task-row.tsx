import type { Task } from '@bulk-transcribe/protocol';
import { Ban, CircleAlert, CircleCheck, Clock, LoaderCircle } from 'lucide-react';
import { memo } from 'react';
import { Link } from '../controls/link.tsx';
import { transcriptPath } from '../router.ts';
import { strings } from '../strings.ts';
import { length } from '../times.ts';
import { TaskActions } from './task-actions.tsx';
import { TaskProgress } from './task-progress.tsx';
import { stateWords } from './task-words.ts';

const icons = {
  queued: Clock,
  dispatched: LoaderCircle,
  running: LoaderCircle,
  succeeded: CircleCheck,
  failed: CircleAlert,
  cancelled: Ban,
} as const;

interface TaskRowProps {
  readonly task: Task;
  /** Why it waits for more than its turn. */
  readonly waits?: string;
  /** In a long list, of which only a part is drawn: its place, how many there are, and where it stands, pixels. */
  readonly place?: number;
  readonly placeCount?: number;
  readonly top?: number;
  readonly measure?: (row: HTMLElement | null) => void;
}

/** One recording: what it is, how far it is, what can be done with it. */
export const TaskRow = memo(({ task, waits = '', place, placeCount, top, measure }: TaskRowProps) => {
  const Icon = icons[task.state];
  return (
    <li
      className="row"
      data-state={task.state}
      data-task={task.id}
      ref={measure}
      data-index={place}
      aria-setsize={placeCount}
      aria-posinset={place === undefined ? undefined : place + 1}
      style={top === undefined ? undefined : { transform: `translateY(${top}px)` }}
    >
      <Icon className="row-icon" aria-hidden size={18} />
      <TaskName task={task} />
      <span className="row-length tabular muted">{task.progress.totalSec === null ? '' : length(task.progress.totalSec)}</span>
      <span className="row-state">
        {stateWords(task)}
        {task.warnings > 0 && <span className="muted"> · {strings.task.warnings(task.warnings)}</span>}
      </span>
      <TaskActions task={task} />
      {task.error && task.state !== 'succeeded' && <TaskProblem task={task} />}
      {task.worker?.why && <p className="row-why muted small">{strings.place.ran(strings.worker(task.worker), task.worker.why)}</p>}
      {waits && <p className="row-why muted small">{waits}</p>}
      <TaskProgress task={task} />
    </li>
  );
});

function TaskName({ task }: { readonly task: Task }) {
  const { name } = task.recording;
  if (task.state !== 'succeeded') {
    return (
      <span className="row-name" dir="auto">
        {name}
      </span>
    );
  }
  return (
    <Link className="row-name" href={transcriptPath(task.id)} dir="auto">
      {name}
    </Link>
  );
}

/** A queued or running task may carry the error of its last attempt. */
function TaskProblem({ task: { error } }: { readonly task: Task }) {
  return (
    <p className="row-problem">
      {error?.message} <span className="muted">{error?.hint}</span>
    </p>
  );
}
