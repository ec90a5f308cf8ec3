/** Values that this browser remembers; all its tabs see a change at once. */
import { useCallback, useMemo, useSyncExternalStore } from 'react';

const subscribe = (listener: () => void) => {
  addEventListener('storage', listener);
  return () => removeEventListener('storage', listener);
};

/** The value under `key`, `fallback` where there is none or where it cannot be read; `fallback` must keep its identity. */
export function useStoredValue<T>(key: string, fallback: T): readonly [T, (value: T) => void] {
  const text = useSyncExternalStore(subscribe, () => localStorage.getItem(key));
  const value = useMemo(() => parse(text, fallback), [text, fallback]);
  const change = useCallback(
    (next: T): void => {
      localStorage.setItem(key, JSON.stringify(next));
      // Browsers tell the other tabs alone.
      dispatchEvent(new StorageEvent('storage', { key }));
    },
    [key],
  );
  return [value, change];
}

function parse<T>(text: string | null, fallback: T): T {
  try {
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}
