import { CircleAlert, CircleCheck, CirclePause, Clock, LoaderCircle, RotateCw, X } from 'lucide-react';
import { memo } from 'react';
import { Button } from 'react-aria-components';
import { Bar } from '../controls/bar.tsx';
import { useParts } from '../parts.ts';
import { fileSize } from '../sizes.ts';
import { useStore } from '../store.ts';
import { strings } from '../strings.ts';
import { StartJob } from './start-job.tsx';
import type { Upload } from './upload-queue.ts';

const icons = {
  waiting: Clock,
  checking: LoaderCircle,
  sending: LoaderCircle,
  paused: CirclePause,
  half: CirclePause,
  stored: CircleCheck,
  failed: CircleAlert,
} as const;

/** The recordings that are not part of a job yet, and the button that starts one. */
export function UploadList() {
  const uploads = useStore(useParts().uploader);
  if (uploads.length === 0) return null;
  const halves = uploads.filter(({ state }) => state === 'half').length;
  return (
    <section className="uploads" aria-label={strings.uploads.region}>
      <h2>{strings.uploads.title}</h2>
      {halves > 0 && (
        <p className="choose-again" role="status">
          {strings.uploads.chooseAgain(halves)}
        </p>
      )}
      <ul className="rows">
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
      </ul>
      <StartJob uploads={uploads} />
    </section>
  );
}

const UploadRow = memo(({ upload }: { readonly upload: Upload }) => {
  const { uploader } = useParts();
  const Icon = icons[upload.state];
  return (
    <li className="row" data-state={upload.state}>
      <Icon className="row-icon" aria-hidden size={18} />
      <span className="row-name" dir="auto">
        {upload.name}
      </span>
      <span className="row-length tabular muted">{fileSize(upload.size)}</span>
      <span className="row-state tabular">{stateWords(upload)}</span>
      <div className="actions">
        {upload.state === 'failed' && upload.canRetry && (
          <Button className="button quiet" aria-label={strings.uploads.retryNamed(upload.name)} onPress={() => uploader.retry(upload.id)}>
            <RotateCw aria-hidden size={16} />
            {strings.uploads.retry}
          </Button>
        )}
        <Button className="icon-button" aria-label={strings.uploads.remove(upload.name)} onPress={() => uploader.remove(upload)}>
          <X aria-hidden size={18} />
        </Button>
      </div>
      {upload.problem && (
        <p className="row-problem">
          {upload.problem.message} <span className="muted">{upload.problem.hint}</span>
        </p>
      )}
      <UploadBar upload={upload} />
    </li>
  );
});

/** How much is checked, then how much has arrived. */
function UploadBar({ upload }: { readonly upload: Upload }) {
  const { state, name, size, checked, sent } = upload;
  if (state !== 'checking' && state !== 'sending' && state !== 'paused' && state !== 'half') return null;
  const label = state === 'checking' ? strings.uploads.checkingNamed(name) : strings.uploads.progress(name);
  return (
    <div className="row-progress">
      <Bar label={label} fraction={(state === 'checking' ? checked : sent) / size} valueText={stateWords(upload)} />
    </div>
  );
}

function stateWords({ state, sent, size }: Upload): string {
  const words = strings.uploads[state];
  return typeof words === 'string' ? words : words(fileSize(sent), fileSize(size));
}
