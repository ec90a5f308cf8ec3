/**
 * The content type a recording is played back with, told by its first bytes: never by its name, and never anything
 * but audio or video, so that an uploaded page or script stays data. Signatures: the formats' own specifications.
 */

/** How many bytes `mediaType` wants to see. */
export const SIGNATURE_BYTES = 4096;

const UNKNOWN_MEDIA = 'application/octet-stream';

interface Signature {
  readonly type: string;
  readonly at: number;
  readonly bytes: string;
  /** A second mark for container families. */
  readonly and?: { readonly at: number; readonly bytes: string };
}

/** The first that fits counts. Bytes in Latin-1. */
const signatures: readonly Signature[] = [
  { type: 'audio/wav', at: 0, bytes: 'RIFF', and: { at: 8, bytes: 'WAVE' } },
  { type: 'audio/wav', at: 0, bytes: 'RF64', and: { at: 8, bytes: 'WAVE' } },
  { type: 'video/x-msvideo', at: 0, bytes: 'RIFF', and: { at: 8, bytes: 'AVI ' } },
  { type: 'audio/aiff', at: 0, bytes: 'FORM', and: { at: 8, bytes: 'AIF' } },
  { type: 'audio/mpeg', at: 0, bytes: 'ID3' },
  { type: 'audio/flac', at: 0, bytes: 'fLaC' },
  { type: 'audio/mp4', at: 4, bytes: 'ftypM4A' },
  { type: 'audio/mp4', at: 4, bytes: 'ftypM4B' },
  { type: 'video/quicktime', at: 4, bytes: 'ftypqt' },
  { type: 'audio/3gpp', at: 4, bytes: 'ftyp3gp' },
  { type: 'video/mp4', at: 4, bytes: 'ftyp' },
  { type: 'video/quicktime', at: 4, bytes: 'moov' },
  { type: 'audio/amr', at: 0, bytes: '#!AMR' },
  { type: 'audio/x-caf', at: 0, bytes: 'caff' },
  { type: 'video/x-ms-asf', at: 0, bytes: '\x30\x26\xb2\x75\x8e\x66\xcf\x11' },
  { type: 'video/x-flv', at: 0, bytes: 'FLV\x01' },
  { type: 'video/mpeg', at: 0, bytes: '\x00\x00\x01\xba' },
  { type: 'video/mp2t', at: 0, bytes: 'G', and: { at: 188, bytes: 'G' } },
];

export function mediaType(head: Buffer): string {
  const text = head.toString('latin1');
  const has = ({ at, bytes }: { at: number; bytes: string }) => text.startsWith(bytes, at);
  const found = signatures.find((signature) => has(signature) && (!signature.and || has(signature.and)));
  return found?.type ?? oggType(text) ?? matroskaType(text) ?? mpegAudioType(head) ?? UNKNOWN_MEDIA;
}

/** Ogg carries Theora video or, in every other case that is met, audio. */
const oggType = (text: string): string | undefined => {
  if (!text.startsWith('OggS')) return undefined;
  return text.includes('\x80theora') ? 'video/ogg' : 'audio/ogg';
};

/** EBML: the DocType tells WebM from Matroska. */
const matroskaType = (text: string): string | undefined => {
  if (!text.startsWith('\x1a\x45\xdf\xa3')) return undefined;
  return text.includes('webm') ? 'video/webm' : 'video/x-matroska';
};

/** MPEG audio without tags begins with 11 set bits; layer bits 00 mean AAC in ADTS (ISO 13818-7), others MP3 (ISO 11172-3). */
function mpegAudioType(head: Buffer): string | undefined {
  const [first = 0, second = 0] = head;
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  return (second & 0x06) === 0 ? 'audio/aac' : 'audio/mpeg';
}
