import { problemOfCause } from '../api/request.ts';
import { useParts } from '../parts.ts';

/** Runs what a person asked for; where it fails, the page says so under `title`. Never throws. */
export function useAttempt(title: string): (action: () => Promise<unknown>) => void {
  const { notice } = useParts();
  return (action) => {
    action().then(
      () => notice.dispatch(null),
      (cause: unknown) => notice.dispatch({ title, problem: problemOfCause(cause) }),
    );
  };
}
