/** What is done with speakers once they are heard: without models, for whoever holds a transcript and its evidence. */
export type { HeardVoice, VoiceGroup } from './group-voices.ts';
export { matchVoices } from './same-voice.ts';
export { SpeakersThread } from './speakers-thread.ts';
export type { SpeakerCounts, SpeakerLabels } from './tell-labels.ts';
export type { Voice } from './voices-of.ts';
export { withSpeakers } from './with-speakers.ts';
