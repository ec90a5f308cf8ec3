/** The smallest store: one state, one writer (`dispatch`), listeners. */
import { useSyncExternalStore } from 'react';

export interface Store<State, Action> {
  readonly get: () => State;
  readonly dispatch: (action: Action) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createStore<State, Action>(initial: State, reduce: (state: State, action: Action) => State): Store<State, Action> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    dispatch: (action) => {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useStore = <State>(store: Pick<Store<State, never>, 'get' | 'subscribe'>): State => useSyncExternalStore(store.subscribe, store.get);
