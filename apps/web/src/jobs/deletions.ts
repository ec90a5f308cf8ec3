/**
 * Jobs that are being deleted: gone from the list at once, from the controller when nobody has taken it back in time. A page
 * that is left before deletes them as it goes; one that dies before deletes nothing.
 */
import { client } from '../api/client.ts';
import { createStore, type Store } from '../store.ts';

/** Long enough to be noticed, read and reached with the keyboard or a screen reader, milliseconds. */
const UNDO_MS = 20_000;

interface Deletion {
  readonly jobId: string;
  readonly name: string;
}

export interface Deletions extends Pick<Store<readonly Deletion[], never>, 'get' | 'subscribe'> {
  readonly begin: (deletion: Deletion) => void;
  readonly undo: (jobId: string) => void;
}

interface Listener {
  readonly onDeleted: (jobId: string) => void;
  readonly onFailed: (deletion: Deletion, cause: unknown) => void;
}

type Action = { readonly add: Deletion } | { readonly drop: string };

export function createDeletions({ onDeleted, onFailed }: Listener): Deletions {
  const store = createStore<readonly Deletion[], Action>([], (pending, action) =>
    'add' in action ? [...pending, action.add] : pending.filter(({ jobId }) => jobId !== action.drop),
  );
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const end = async (deletion: Deletion): Promise<void> => {
    timers.delete(deletion.jobId);
    await client.deleteJob(deletion.jobId).then(
      () => onDeleted(deletion.jobId),
      (cause: unknown) => onFailed(deletion, cause),
    );
    store.dispatch({ drop: deletion.jobId });
  };
  addEventListener('pagehide', () => {
    for (const { jobId } of store.get()) if (timers.has(jobId)) void end({ jobId, name: '' });
  });
  return {
    get: store.get,
    subscribe: store.subscribe,
    begin: (deletion) => {
      store.dispatch({ add: deletion });
      timers.set(
        deletion.jobId,
        setTimeout(() => void end(deletion), UNDO_MS),
      );
    },
    undo: (jobId) => {
      if (!timers.has(jobId)) return;
      clearTimeout(timers.get(jobId));
      timers.delete(jobId);
      store.dispatch({ drop: jobId });
    },
  };
}
