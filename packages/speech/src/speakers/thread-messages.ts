/** What is asked of the thread, and what it answers. */
import type { SpeakerTurn } from '@bulk-transcribe/protocol';
import type { HeardVoice, VoiceGroup } from './group-voices.ts';
import type { SpeakerCounts, SpeakerLabels } from './tell-labels.ts';
import type { Voice } from './voices-of.ts';

/** `evidence`: encoded. */
export type ThreadQuestion =
  | { readonly kind: 'labels'; readonly evidence: Uint8Array; readonly counts: SpeakerCounts }
  | { readonly kind: 'voices'; readonly evidence: Uint8Array; readonly turns: readonly SpeakerTurn[] }
  | { readonly kind: 'groups'; readonly voices: readonly HeardVoice[] };

export type ThreadAnswer =
  | { readonly labels: SpeakerLabels }
  | { readonly voices: readonly Voice[] }
  | { readonly groups: readonly VoiceGroup[] }
  | { readonly failure: string };
