import { useEffect, useEffectEvent, useState } from 'react';
import { problemOfCause } from '../api/request.ts';
import { useParts } from '../parts.ts';
import { strings } from '../strings.ts';
import { type ChosenFile, droppedFiles } from './chosen-files.ts';

/** Makes the whole page take files and folders; shows so while something is held over it. */
export function DropTarget({ onFiles }: { readonly onFiles: (files: readonly ChosenFile[]) => void }) {
  const { notice } = useParts();
  const [isOver, setOver] = useState(false);
  const onDrop = useEffectEvent((transfer: DataTransfer) => {
    droppedFiles(transfer).then(onFiles, (cause: unknown) => notice.dispatch({ title: strings.drop.nothing, problem: problemOfCause(cause) }));
  });
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    addEventListener('dragenter', over, { signal });
    addEventListener('dragover', over, { signal });
    // Leaving the window has no target that follows; moving between elements has.
    addEventListener('dragleave', (event) => event.relatedTarget === null && setOver(false), { signal });
    addEventListener(
      'drop',
      (event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        setOver(false);
        onDrop(event.dataTransfer);
      },
      { signal },
    );
    return () => listening.abort();
  }, []);
  return isOver ? (
    <div className="drop-veil" aria-hidden>
      <p>{strings.drop.now}</p>
    </div>
  ) : null;
}
