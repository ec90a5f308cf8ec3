/** Says that a batch is through: in the title of a tab that nobody looks at, and as a notification where that is wanted. */
import type { Job } from '@bulk-transcribe/protocol';
import { Bell, BellRing } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { useParts } from '../parts.ts';
import { useStoredValue } from '../stored-value.ts';
import { strings } from '../strings.ts';
import { endedJobs, summarise } from './job-summary.ts';

const useWanted = () => useStoredValue('notify', false);

/** Words for the title while nobody has looked since; null where there is nothing to say. */
export function useBatchDone(jobs: readonly Job[]): string | null {
  const [wanted] = useWanted();
  const [words, setWords] = useState<string | null>(null);
  const before = useRef(jobs);
  useEffect(() => {
    const ended = endedJobs(before.current, jobs);
    before.current = jobs;
    if (ended.length === 0 || !document.hidden) return;
    setWords(strings.batch.title(ended.length === 1 ? (ended[0]?.name ?? '') : ''));
    if (wanted) for (const job of ended) notify(job);
  }, [jobs, wanted]);
  useEffect(() => {
    const look = () => document.hidden || setWords(null);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return words;
}

function notify(job: Job): void {
  if (Notification.permission !== 'granted') return;
  const { succeeded, failed } = summarise(job.tasks);
  // One for each job, however many tabs are open.
  const notification = new Notification(strings.batch.title(job.name), { body: strings.batch.body(succeeded, failed), tag: job.id });
  notification.onclick = () => {
    focus();
    notification.close();
  };
}

/** Turns notifications on and off; the browser asks the person once. */
export function NotifyButton() {
  const { notice } = useParts();
  const [wanted, want] = useWanted();
  if (!('Notification' in globalThis)) return null;
  const isOn = wanted && Notification.permission === 'granted';
  const change = async (next: boolean): Promise<void> => {
    const allowed = next && (await Notification.requestPermission()) === 'granted';
    want(allowed);
    if (next && !allowed) notice.dispatch(strings.batch.refused);
  };
  return (
    <ToggleButton className="icon-button" aria-label={strings.batch.toggle} isSelected={isOn} onChange={(next) => void change(next)}>
      {isOn ? <BellRing aria-hidden size={18} /> : <Bell aria-hidden size={18} />}
    </ToggleButton>
  );
}
