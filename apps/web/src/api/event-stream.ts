/**
 * The session's events as they happen. The browser reconnects by itself after a cut; where it gives up (an error
 * status, for example while the controller restarts behind a proxy), we open a new stream after a growing pause.
 */
import type { SessionEvent } from '@bulk-transcribe/protocol';
import { parseJson } from './request.ts';

/** Pauses before a new stream is opened, milliseconds; the last one repeats. */
const PAUSES_MS = [500, 1000, 2000, 5000, 10_000];

export interface EventStreamOptions {
  readonly url: string;
  /** A stream is open, for the first time or again: what happened before may have been missed. */
  readonly onOpen: () => void;
  readonly onEvent: (event: SessionEvent) => void;
  /** The stream is cut; it is being opened again. */
  readonly onLost: () => void;
}

/** Opens the stream; the function it gives closes it for good. */
export function openEventStream({ url, onOpen, onEvent, onLost }: EventStreamOptions): () => void {
  let source: EventSource;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    source = new EventSource(url);
    source.onopen = () => {
      failures = 0;
      onOpen();
    };
    source.onmessage = ({ data }) => receive(data);
    source.onerror = () => {
      onLost();
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]);
    };
  };
  const receive = (data: unknown) => {
    const event = parseJson(String(data)) as SessionEvent | undefined;
    if (event) onEvent(event);
  };

  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
