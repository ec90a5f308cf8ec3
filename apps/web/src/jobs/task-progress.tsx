import type { Task } from '@bulk-transcribe/protocol';
import { useRef } from 'react';
import { Bar } from '../controls/bar.tsx';
import { strings } from '../strings.ts';
import { roughly } from '../times.ts';
import { fractionDone, type Sighting, secondsLeft } from './job-summary.ts';
import { progressWords, stateWords } from './task-words.ts';

/** While it runs: how far by recording time, how long still, where, and the text so far. */
export function TaskProgress({ task }: { readonly task: Task }) {
  const left = useSecondsLeft(task);
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

/** Measured from the first progress this page saw of the attempt, by this computer's clock alone. */
function useSecondsLeft({ state, attempt, progress }: Task): number | null {
  const first = useRef<(Sighting & { readonly attempt: number }) | null>(null);
  if (state !== 'running' || progress.doneSec === 0) return null;
  const now = { doneSec: progress.doneSec, at: performance.now() };
  if (first.current?.attempt !== attempt) first.current = { ...now, attempt };
  return secondsLeft({ first: first.current, now, totalSec: progress.totalSec });
}
