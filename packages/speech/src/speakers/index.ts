/** What is done with speakers once they are heard: pure, without models, for whoever holds a transcript. */
export { joinSegments } from './join-segments.ts';
export { labelSegments } from './label-segments.ts';
export { type SpeakerCounts, withSpeakers } from './with-speakers.ts';
