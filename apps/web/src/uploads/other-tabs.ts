/** The tabs of this browser share one session: each tells the others what it sends, and when the stored recordings changed. */

type Message = { readonly type: 'changed' } | { readonly type: 'who-sends' } | { readonly type: 'sending'; readonly fingerprints: readonly string[] };

/** Tabs answer within this time, milliseconds. */
const ANSWER_MS = 300;

export interface OtherTabs {
  /** Recordings were stored, removed or used here. */
  readonly tellChanged: () => void;
  /** What the other tabs are sending now. */
  readonly sending: () => Promise<ReadonlySet<string>>;
}

interface OtherTabsOptions {
  readonly onChanged: () => void;
  /** What this tab is sending now. */
  readonly ownSending: () => readonly string[];
}

export function connectTabs({ onChanged, ownSending }: OtherTabsOptions): OtherTabs {
  const channel = new BroadcastChannel('bulk-transcribe.uploads');
  const tell = (message: Message) => channel.postMessage(message);
  const elsewhere = new Set<string>();
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === 'changed') onChanged();
    if (data.type === 'who-sends') tell({ type: 'sending', fingerprints: ownSending() });
    if (data.type === 'sending') for (const fingerprint of data.fingerprints) elsewhere.add(fingerprint);
  };
  return {
    tellChanged: () => tell({ type: 'changed' }),
    sending: async () => {
      elsewhere.clear();
      tell({ type: 'who-sends' });
      await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
      return elsewhere;
    },
  };
}
