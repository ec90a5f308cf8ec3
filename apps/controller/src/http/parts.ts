import type { Identity } from '@bulk-transcribe/protocol';
import type { SpeakersThread } from '@bulk-transcribe/speech/speakers';
import type { Config } from '../config.ts';
import type { Workers } from '../dispatch/workers.ts';
import type { RoutedJobStore } from '../jobs/open-job-store.ts';
import type { Metrics } from '../metrics.ts';
import type { Models } from '../models/open-models.ts';
import type { RecordingFiles } from '../recordings/recording-files.ts';
import type { Remote } from '../remote/open-remote.ts';
import type { Uploads } from '../uploads/uploads.ts';
import type { Access } from './access.ts';
import type { ApiTokens } from './api-tokens.ts';
import type { Sessions } from './sessions.ts';

/** What the app is built from. */
export interface GivenParts {
  readonly config: Config;
  readonly identity: Identity;
  readonly jobs: RoutedJobStore;
  readonly workers: Workers;
  readonly files: RecordingFiles;
  readonly uploads: Uploads;
  readonly metrics: Metrics;
  readonly models: Models;
  readonly remote: Remote;
}

/** What the routes work with. */
export interface Parts extends GivenParts {
  readonly speakers: SpeakersThread;
  readonly sessions: Sessions;
  readonly access: Access;
  readonly tokens: ApiTokens;
  /** A listener of events that takes no byte for so long, heartbeats included, is dropped; it comes back with Last-Event-ID. */
  readonly listenerSilenceMs: number;
  /** Aborts when the app begins to close. */
  readonly closing: AbortSignal;
}
