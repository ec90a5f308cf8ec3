import type { ModelInfo } from '@bulk-transcribe/protocol';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { client } from '../api/client.ts';
import { useAttempt } from '../jobs/use-attempt.ts';
import { useParts, useSession } from '../parts.ts';
import { fileSize } from '../sizes.ts';
import { strings } from '../strings.ts';
import { type JobChoices, requestOf, usable, useJobChoices } from './job-choices.ts';
import { JobOptions } from './job-options.tsx';
import { batchName, type Upload, uploadTotals } from './upload-queue.ts';

/** What will be transcribed, with what, and the button. */
export function StartJob({ uploads }: { readonly uploads: readonly Upload[] }) {
  const { system } = useSession();
  const [chosen, change] = useJobChoices();
  const { start, isStarting } = useStartJob(uploads, chosen);
  const { stored, underway } = uploadTotals(uploads);
  const counted = uploads.filter(({ state }) => state !== 'failed' && state !== 'half');
  const size = fileSize(counted.reduce((sum, upload) => sum + upload.size, 0));
  const model = system ? usable(chosen, system).info : undefined;
  return (
    <div className="start">
      <div>
        <p className="tabular">
          {strings.uploads.sum(counted.length, size)}
          {underway > 0 && <span className="muted"> · {strings.uploads.underway(underway)}</span>}
        </p>
        {model && (
          <p className="muted small">
            {strings.uploads.model(model.name)} · {languageWords(model, system?.models ?? [])}
          </p>
        )}
      </div>
      <div className="start-buttons">
        <JobOptions chosen={chosen} onChange={change} />
        <Button className="button primary" isDisabled={stored === 0 || isStarting} onPress={start}>
          {strings.uploads.transcribe(stored)}
        </Button>
      </div>
    </div>
  );
}

const languageWords = ({ languages }: ModelInfo, models: readonly ModelInfo[]): string =>
  languages.length === 1
    ? strings.uploads.onlyLanguage(
        languages[0] ?? '',
        models.some((model) => model.languages.length > 1),
      )
    : strings.uploads.manyLanguages(languages.length);

/** Makes one job of all stored recordings; those still on the way stay for the next one. */
function useStartJob(uploads: readonly Upload[], chosen: JobChoices) {
  const { session, uploader } = useParts();
  const { system } = useSession();
  const [isStarting, setStarting] = useState(false);
  const attempt = useAttempt(strings.uploads.startFailed);
  const begin = async () => {
    setStarting(true);
    try {
      const stored = uploads.filter(({ recording }) => recording !== null);
      const name = batchName(stored);
      const recordingIds = stored.flatMap(({ recording }) => (recording ? [recording.id] : []));
      const job = await client.startJob({ recordingIds, ...(system && requestOf(usable(chosen, system))), ...(name && { name }) });
      uploader.dispatch({ type: 'removed', ids: stored.map(({ id }) => id) });
      session.dispatch({ type: 'created', job });
    } finally {
      setStarting(false);
    }
  };
  return { start: () => attempt(begin), isStarting };
}
