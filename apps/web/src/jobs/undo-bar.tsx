import { Undo2 } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useParts } from '../parts.ts';
import { useStore } from '../store.ts';
import { strings } from '../strings.ts';

/** What was deleted a moment ago, and the way back. */
export function UndoBar() {
  const { deletions } = useParts();
  const pending = useStore(deletions);
  return (
    <div className="undo-bar" role="status">
      {pending.map(({ jobId, name }) => (
        <div key={jobId} className="undo">
          <p>{strings.jobs.deleted(name)}</p>
          <Button className="button quiet" aria-label={strings.jobs.undoNamed(name)} onPress={() => deletions.undo(jobId)}>
            <Undo2 aria-hidden size={16} />
            {strings.jobs.undo}
          </Button>
        </div>
      ))}
    </div>
  );
}
