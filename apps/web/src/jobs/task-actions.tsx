import { isFinal, type Task } from '@bulk-transcribe/protocol';
import { Download, RotateCw, X } from 'lucide-react';
import { Button } from 'react-aria-components';
import { client, exportUrl } from '../api/client.ts';
import { DownloadMenu } from '../controls/download-menu.tsx';
import { Link } from '../controls/link.tsx';
import { transcriptPath } from '../router.ts';
import { strings } from '../strings.ts';
import { useAttempt } from './use-attempt.ts';

/** What a person can do with a task in its present state. */
export function TaskActions({ task }: { readonly task: Task }) {
  const { name } = task.recording;
  return (
    <div className="actions">
      {task.state === 'succeeded' && (
        <>
          <Link className="button quiet" href={transcriptPath(task.id)} aria-label={strings.task.openNamed(name)}>
            {strings.task.open}
          </Link>
          <DownloadMenu
            label={strings.task.download(name)}
            urlOf={(format) => exportUrl(task.id, format)}
            trigger={
              <Button className="icon-button" aria-label={strings.task.download(name)}>
                <Download aria-hidden size={18} />
              </Button>
            }
          />
        </>
      )}
      {(task.state === 'failed' || task.state === 'cancelled') && <Retry task={task} />}
      {!isFinal(task.state) && <Cancel task={task} />}
    </div>
  );
}

function Retry({ task }: { readonly task: Task }) {
  const { name } = task.recording;
  const attempt = useAttempt(strings.task.retryFailed(name));
  return (
    <Button className="button quiet" aria-label={strings.task.retryNamed(name)} onPress={() => attempt(() => client.retryTask(task.id))}>
      <RotateCw aria-hidden size={16} />
      {strings.task.retry}
    </Button>
  );
}

function Cancel({ task }: { readonly task: Task }) {
  const { name } = task.recording;
  const attempt = useAttempt(strings.task.cancelFailed(name));
  return (
    <Button className="icon-button" aria-label={strings.task.cancel(name)} onPress={() => attempt(() => client.cancelTask(task.id))}>
      <X aria-hidden size={18} />
    </Button>
  );
}
