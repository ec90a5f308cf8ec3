import type { AdminOverview } from '@bulk-transcribe/protocol';
import { useEffect, useEffectEvent, useState } from 'react';
import type { AdminClient } from './admin-client.ts';

/** How often a page in the foreground asks, milliseconds. */
const ASK_EVERY_MS = 2_000;

/** Workers and queue as they are now; null until they were told once. What cannot be asked stays as it was: the status bar says why. */
export function useOverview(client: AdminClient): { overview: AdminOverview | null; refresh: () => void } {
  const [overview, setOverview] = useState<AdminOverview | null>(null);
  const refresh = (): void => void client.overview().then(setOverview, () => undefined);
  const ask = useEffectEvent(() => {
    if (!document.hidden) refresh();
  });
  useEffect(() => {
    ask();
    const asking = setInterval(() => ask(), ASK_EVERY_MS);
    return () => clearInterval(asking);
  }, []);
  return { overview, refresh };
}
