import type { Task } from '@bulk-transcribe/protocol';
import { Bar } from '../controls/bar.tsx';
import { strings } from '../strings.ts';
import { roughly } from '../times.ts';
import { fractionDone } from './job-summary.ts';
import { progressWords, stateWords } from './task-words.ts';
import { useTimeLeft } from './use-time-left.ts';

/** While it runs: how far by recording time, how long still, where, and the text so far. */
export function TaskProgress({ task }: { readonly task: Task }) {
  const left = useTimeLeft({ done: task.state === 'running' ? task.progress.doneSec : 0, total: task.progress.totalSec, run: task.attempt });
  if (task.state !== 'running') return null;
  const words = progressWords(task);
  const facts = [words, left === null ? '' : strings.jobs.left(roughly(left)), task.worker ? strings.task.on(strings.worker(task.worker)) : ''];
  return (
    <div className="row-progress">
      <Bar label={strings.task.progressLabel(task.recording.name)} fraction={fractionDone(task.progress)} valueText={words || stateWords(task)} />
      <p className="muted tabular">{facts.filter(Boolean).join(' · ')}</p>
      <TextSoFar task={task} />
    </div>
  );
}

function TextSoFar({ task: { preview } }: { readonly task: Task }) {
  if (preview.length === 0) return null;
  return (
    <details>
      <summary>{strings.task.soFar}</summary>
      <p className="preview" dir="auto">
        {preview.map((segment) => segment.text).join(' ')}
      </p>
    </details>
  );
}
