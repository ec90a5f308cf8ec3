/** FFmpeg names of containers whose header states the length; elsewhere FFmpeg estimates it from the bit rate. */
const exactFormats = /^(?:aiff|ape|caf|flac|matroska|mov|tta|w64|wav|wv)\b/;

/** Whether a decoded length that is shorter than announced means that something is missing. With several tracks the longest is announced. */
export const announcesExactly = (format: string, tracks: number): boolean => tracks === 1 && exactFormats.test(format);
