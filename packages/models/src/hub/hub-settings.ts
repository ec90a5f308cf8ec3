export interface HubSettings {
  /** Address of the hub, or of a mirror of it; without a slash at the end. */
  readonly endpoint: string;
  /** Sent to the endpoint's own origin and nowhere else. Empty = none. */
  readonly token: string;
  /** Nothing is asked of the network. */
  readonly offline: boolean;
  /** Empty = none. */
  readonly proxies: { readonly http: string; readonly https: string; readonly except: string };
  readonly timeouts?: HubTimeouts;
}

export interface HubTimeouts {
  readonly connectMs: number;
  /** Until the headers of an answer are there. */
  readonly headersMs: number;
  /** Longest silence within a body. */
  readonly silenceMs: number;
}

/** A slow line is fine, a silent one is given up and asked anew. */
export const defaultTimeouts: HubTimeouts = { connectMs: 15_000, headersMs: 30_000, silenceMs: 30_000 };
