import { useEffect, useEffectEvent, useState } from 'react';

/**
 * What the controller says now, asked again and again while the page is in the foreground; null until it was told once. What
 * cannot be asked stays as it was: the status bar says why.
 */
export function usePolled<T>(ask: () => Promise<T>, everyMs: number): { now: T | null; refresh: () => void } {
  const [now, set] = useState<T | null>(null);
  const refresh = (): void => void ask().then(set, () => undefined);
  const poll = useEffectEvent(() => {
    if (!document.hidden) refresh();
  });
  useEffect(() => {
    poll();
    const asking = setInterval(() => poll(), everyMs);
    return () => clearInterval(asking);
  }, [everyMs]);
  return { now, refresh };
}
