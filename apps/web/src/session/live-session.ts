/**
 * Keeps the session state current: asks once, then follows the events. After every cut the whole state is asked again, so a
 * gap in the events never matters. A tab in the background gives its stream back (browsers allow six connections per
 * address, and people open many transcripts) and asks now and then instead, for the progress in its title.
 */
import { isFinal, type SessionEvent } from '@bulk-transcribe/protocol';
import { client, eventsUrl } from '../api/client.ts';
import { openEventStream } from '../api/event-stream.ts';
import { RequestError } from '../api/request.ts';
import type { Store } from '../store.ts';
import type { SessionAction, SessionState } from './session-state.ts';

/** How often a page asks whether the system is ready now, milliseconds. */
const READY_POLL_MS = 2000;
/** How often a page in the foreground asks where recordings run, milliseconds. */
const PLACE_POLL_MS = 5000;
/** How often a tab in the background asks while something runs, milliseconds. */
const BACKGROUND_POLL_MS = 15_000;

type SessionStore = Store<SessionState, SessionAction>;

/** Never throws: what fails is shown as a lost connection and tried again. `onSynced`: the whole state was asked and answered. */
export function followSession(store: SessionStore, onSynced: () => void): void {
  const sync = createSync(store, onSynced);
  let closeStream: (() => void) | undefined;
  const follow = () => {
    if (store.get().locked) return;
    closeStream ??= openEventStream({
      url: eventsUrl,
      onOpen: () => void sync.all(),
      onEvent: sync.receive,
      onLost: () => store.dispatch({ type: 'connected', connected: false }),
    });
  };
  const leave = () => {
    closeStream?.();
    closeStream = undefined;
  };
  store.subscribe(() => {
    if (store.get().locked) leave();
  });
  const followInForeground = () => (document.hidden ? leave() : follow());
  // One request before all others: the first answer brings the session's cookie, and the stream must belong to that session.
  void sync.all().then(followInForeground);
  document.addEventListener('visibilitychange', followInForeground);
  setInterval(() => {
    if (document.hidden && hasActiveTasks(store.get())) void sync.all();
  }, BACKGROUND_POLL_MS);
  setInterval(() => {
    const { system, connected, locked } = store.get();
    if (!document.hidden && !locked && (system?.ready !== true || !connected)) void sync.all();
  }, READY_POLL_MS);
  setInterval(() => {
    const { connected, locked } = store.get();
    if (!document.hidden && connected && !locked) void sync.system();
  }, PLACE_POLL_MS);
}

/** Once locked, the page asks no more: giving the password loads it anew. */
const isLocked = (cause: unknown): boolean => cause instanceof RequestError && cause.code === 'password_required';

const hasActiveTasks = ({ jobs }: SessionState): boolean => (jobs ?? []).some((job) => job.tasks.some((task) => !isFinal(task.state)));

/**
 * Events that arrive while the whole state is being asked are applied after it: they are newer, or say the same.
 * Asked while an answer is awaited, it asks once more afterwards: that answer may be older than the question.
 */
function createSync(store: SessionStore, onSynced: () => void) {
  let asking = false;
  let again = false;
  let waiting: SessionEvent[] = [];
  const ask = async () => {
    const system = await client.system();
    const jobs = await client.jobs();
    store.dispatch({ type: 'system', system });
    store.dispatch({ type: 'jobs', jobs });
    store.dispatch({ type: 'connected', connected: true });
    onSynced();
  };
  const applyWaiting = () => {
    if (asking) return;
    for (const event of waiting) store.dispatch({ type: 'event', event });
    waiting = [];
  };
  return {
    all: async () => {
      again = asking;
      if (asking) return;
      asking = true;
      do {
        again = false;
        await ask().catch((cause: unknown) => store.dispatch(isLocked(cause) ? { type: 'locked' } : { type: 'connected', connected: false }));
      } while (again);
      asking = false;
      applyWaiting();
    },
    /** What fails shows itself in the stream of events. */
    system: async () => {
      const system = await client.system().catch(() => null);
      const isNews = JSON.stringify(system) !== JSON.stringify(store.get().system);
      if (system && isNews) store.dispatch({ type: 'system', system });
    },
    receive: (event: SessionEvent) => {
      waiting.push(event);
      applyWaiting();
    },
  };
}
