import { type SpeakerTurn, speakerName, type Transcript } from '@bulk-transcribe/protocol';

/**
 * Who speaks when, a line for each turn, as scorers of diarization read it (NIST, "Rich Transcription Time Marked", RT-09
 * evaluation plan, appendix A): times in seconds, fields parted by blanks, so that names have none. Empty without speakers.
 */
export const toRttm = (transcript: Transcript, name: string): string =>
  turnsOf(transcript)
    .map(({ speaker, start, end }) => {
      const times = `${start.toFixed(3)} ${(end - start).toFixed(3)}`;
      return `SPEAKER ${field(name.replace(/\.[a-z0-9]{1,5}$/i, ''))} 1 ${times} <NA> <NA> ${field(speakerName(transcript, speaker))} <NA> <NA>\n`;
    })
    .join('');

/** Where there are no turns, the segments say who speaks. */
const turnsOf = ({ turns, segments }: Transcript): readonly SpeakerTurn[] =>
  turns ?? segments.flatMap(({ speaker, start, end }) => (speaker === undefined ? [] : { speaker, start, end }));

const field = (text: string): string => text.trim().replace(/\s+/g, '_') || '<NA>';
