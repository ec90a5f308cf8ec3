import { type Hearing, isFinal, type Task } from '@bulk-transcribe/protocol';
import { X } from 'lucide-react';
import { Button } from 'react-aria-components';
import { client } from '../api/client.ts';
import { Bar } from '../controls/bar.tsx';
import { fractionDone } from '../jobs/job-summary.ts';
import { progressWords, whyHearingWaits } from '../jobs/task-words.ts';
import { useAttempt } from '../jobs/use-attempt.ts';
import { useSession } from '../parts.ts';
import { findTask } from '../session/session-state.ts';
import { strings } from '../strings.ts';
import type { TellAnew } from './use-tell-anew.ts';

interface HearSpeakersProps {
  readonly task: Task;
  readonly tellAnew: TellAnew;
}

/** For a transcript that does not say who speaks: has it heard, says how far that is, or why it failed. */
export function HearSpeakers({ task, tellAnew: { tell, isTelling } }: HearSpeakersProps) {
  const { hearing } = task;
  const words = strings.speakers;
  if (hearing && !isFinal(hearing.state)) return <UnderWay task={task} hearing={hearing} />;
  return (
    <div className="hear-speakers">
      {hearing?.error ? (
        <p className="small" role="alert">
          {hearing.error.message} <span className="muted">{hearing.error.hint}</span>
        </p>
      ) : (
        <p className="muted small">{words.unheard}</p>
      )}
      <Button className="button" isDisabled={isTelling} onPress={() => void tell(null)}>
        {hearing ? words.hearAgain : words.hear}
      </Button>
    </div>
  );
}

function UnderWay({ task, hearing }: { readonly task: Task; readonly hearing: Hearing }) {
  const { jobs, system } = useSession();
  const words = strings.speakers;
  const stop = useAttempt(words.stopFailed);
  const job = findTask(jobs ?? [], task.id)?.job;
  const waits = hearing.state === 'queued' && job ? whyHearingWaits(job, system) : '';
  const done = progressWords(hearing);
  return (
    <div className="hear-speakers">
      <div className="hear-speakers-state">
        <p className="small" role="status">
          {words.hearing(hearing.state)}
        </p>
        <Button className="icon-button" aria-label={words.stop} onPress={() => stop(() => client.cancelHearing(task.id))}>
          <X aria-hidden size={18} />
        </Button>
      </div>
      {hearing.state === 'running' && <Bar label={words.hearing('running')} fraction={fractionDone(hearing.progress)} valueText={done} />}
      {(done || waits) && <p className="muted small tabular">{waits || done}</p>}
    </div>
  );
}
