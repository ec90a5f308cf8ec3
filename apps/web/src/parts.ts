/** The parts that `main` builds once and every component may use. */
import { createContext, use } from 'react';
import type { Problem } from './api/request.ts';
import type { Deletions } from './jobs/deletions.ts';
import type { SessionAction, SessionState } from './session/session-state.ts';
import { type Store, useStore } from './store.ts';
import type { Uploader } from './uploads/uploader.ts';

/** Something a person asked for did not work. */
export interface Notice {
  readonly title: string;
  readonly problem: Problem | null;
}

export interface Parts {
  readonly session: Store<SessionState, SessionAction>;
  readonly uploader: Uploader;
  readonly deletions: Deletions;
  readonly notice: Store<Notice | null, Notice | null>;
}

export const PartsContext = createContext<Parts | null>(null);

export function useParts(): Parts {
  const parts = use(PartsContext);
  if (!parts) throw new Error('Components stand inside PartsContext.');
  return parts;
}

export const useSession = (): SessionState => useStore(useParts().session);
