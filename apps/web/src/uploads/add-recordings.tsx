import './uploads.css';
import { AudioLines, FolderOpen, Upload } from 'lucide-react';
import { useState } from 'react';
import { Button, FileTrigger } from 'react-aria-components';
import { client } from '../api/client.ts';
import { useAttempt } from '../jobs/use-attempt.ts';
import { useParts, useSession } from '../parts.ts';
import { fileSize } from '../sizes.ts';
import { useStore } from '../store.ts';
import { strings } from '../strings.ts';
import { type ChosenFile, choose, pickedFiles } from './chosen-files.ts';
import { DropTarget } from './drop-target.tsx';

/** Where recordings come in: dropped anywhere on the page, chosen, or the sample. */
export function AddRecordings({ isCompact }: { readonly isCompact: boolean }) {
  const { system } = useSession();
  const { add, remark } = useAdd();
  const hasUploads = useStore(useParts().uploader).length > 0;
  const compact = isCompact || hasUploads;
  return (
    <section className="add" data-compact={compact || undefined} aria-label={strings.drop.title}>
      <DropTarget onFiles={add} />
      {!compact && <AudioLines className="add-icon" aria-hidden size={32} />}
      <p className="add-title">{compact ? strings.drop.short : strings.drop.title}</p>
      {!compact && <p className="muted">{strings.drop.promise}</p>}
      <div className="add-buttons">
        <FileTrigger allowsMultiple onSelect={(files) => add(pickedFiles(files ?? []))}>
          <Button className={compact ? 'button' : 'button primary'}>
            <Upload aria-hidden size={16} />
            {strings.drop.chooseFiles}
          </Button>
        </FileTrigger>
        <FileTrigger acceptDirectory onSelect={(files) => add(pickedFiles(files ?? []))}>
          <Button className="button">
            <FolderOpen aria-hidden size={16} />
            {strings.drop.chooseFolder}
          </Button>
        </FileTrigger>
      </div>
      {system && !compact && <p className="muted small">{strings.drop.limit(fileSize(system.maxUploadBytes))}</p>}
      <p className="small" role="status">
        {remark}
      </p>
      {!compact && <Sample />}
    </section>
  );
}

/** Adds files and says what was left out. */
function useAdd() {
  const { uploader } = useParts();
  const { system } = useSession();
  const [remark, setRemark] = useState('');
  const add = (chosen: readonly ChosenFile[]) => {
    const { files, leftOut } = choose(chosen);
    setRemark(remarkOn(files.length, leftOut));
    uploader.add(files, system?.maxUploadBytes ?? Number.POSITIVE_INFINITY);
  };
  return { add, remark };
}

function remarkOn(taken: number, leftOut: number): string {
  if (leftOut > 0) return strings.drop.leftOut(leftOut);
  return taken === 0 ? strings.drop.nothing : '';
}

function Sample() {
  const { session } = useParts();
  const [isStarting, setStarting] = useState(false);
  const attempt = useAttempt(strings.sample.failed);
  const start = async () => {
    setStarting(true);
    try {
      const recording = await client.addSample();
      const job = await client.startJob({ recordingIds: [recording.id] });
      session.dispatch({ type: 'created', job });
    } finally {
      setStarting(false);
    }
  };
  return (
    <div className="sample">
      <p>
        <span className="muted">{strings.sample.invite}</span>{' '}
        <Button className="link-button" isDisabled={isStarting} onPress={() => attempt(start)} aria-describedby="sample-origin">
          <AudioLines aria-hidden size={16} />
          {strings.sample.button}
        </Button>
      </p>
      <p id="sample-origin" className="muted small">
        {strings.sample.length} · {strings.sample.origin}
      </p>
    </div>
  );
}
