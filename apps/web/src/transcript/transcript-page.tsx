/** One transcript: its text with the recording's sound, downloads, notes, and how it was made. */
import './transcript.css';
import './player.css';
import '../controls/field.css';
import './print.css';
import { isFinal } from '@bulk-transcribe/protocol';
import { Button } from 'react-aria-components';
import { BackLink } from '../controls/back-link.tsx';
import { TaskRow } from '../jobs/task-row.tsx';
import { useSession } from '../parts.ts';
import { findTask } from '../session/session-state.ts';
import { strings } from '../strings.ts';
import { TranscriptView } from './transcript-view.tsx';
import { useTranscript } from './use-transcript.ts';

export function TranscriptPage({ taskId }: { readonly taskId: string }) {
  return (
    <div className="column transcript-page">
      <BackLink />
      <Content taskId={taskId} />
    </div>
  );
}

function Content({ taskId }: { readonly taskId: string }) {
  const { jobs } = useSession();
  const found = findTask(jobs ?? [], taskId);
  const isHeard = found?.task.hearing !== undefined && !isFinal(found.task.hearing.state);
  const loaded = useTranscript(found?.task.state === 'succeeded' ? taskId : null, isHeard);
  const { transcript, problem, again, correct, undo, tellAnew } = loaded;
  if (jobs === null) return <Loading />;
  if (!found) return <NotFound />;
  const { task } = found;
  if (transcript) return <TranscriptView task={task} transcript={transcript} correct={correct} undo={undo} tellAnew={tellAnew} />;
  return (
    <>
      <h1 dir="auto">{task.recording.name}</h1>
      {task.state !== 'succeeded' && (
        <>
          <p className="muted">{isFinal(task.state) ? strings.transcript.none : strings.transcript.notFinished}</p>
          <ul className="rows">
            <TaskRow task={task} />
          </ul>
        </>
      )}
      {task.state === 'succeeded' && problem === null && <Loading />}
      {problem && (
        <div className="message" role="alert">
          <p>
            {strings.transcript.failedToLoad} {problem.message} {problem.hint}
          </p>
          <Button className="button" onPress={again}>
            {strings.transcript.again}
          </Button>
        </div>
      )}
    </>
  );
}

const Loading = () => (
  <p className="muted" role="status">
    {strings.transcript.loading}
  </p>
);

const NotFound = () => (
  <div className="message">
    <h1>{strings.transcript.notFoundTitle}</h1>
    <p>{strings.transcript.notFound}</p>
  </div>
);
