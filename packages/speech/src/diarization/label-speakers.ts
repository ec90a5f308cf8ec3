/** Evidence → who speaks when. Pure, and cheap: seconds for ten hours. */
import { channelWishes } from './channel-wishes.ts';
import type { ChannelEvidence, SpeakerEvidence } from './evidence.ts';
import { findVoices } from './find-voices.ts';
import { giveEachAUnit } from './give-each-a-unit.ts';
import { labelFrames } from './label-frames.ts';
import { labelUnits, unitScores } from './label-units.ts';
import { regionsOf } from './regions.ts';
import type { Speaker, SpeakerTurn, SpeakerTurns, SpeakerWarning, SpeakerWish } from './speaker-turns.ts';
import { inOrder, turnsOf } from './turns.ts';
import { uniqueSeconds, unitsAndSpans } from './units.ts';
import { DIMENSIONS } from './voice-print.ts';

/** The same evidence and wish give the same answer. */
export function labelSpeakers({ channels }: SpeakerEvidence, wish: SpeakerWish = {}): SpeakerTurns {
  const labelled = labelChannels(channels, wish).map((labels, channel) => ({ ...labels, channel }));
  const { turns, speakers } = numberSpeakers(labelled);
  return { turns, speakers, warnings: warningsOf(speakers.length, wish) };
}

/** Turns speak of voices by their index. */
interface LabelledChannel {
  readonly voices: readonly Float32Array[];
  readonly turns: readonly SpeakerTurn[];
}

function labelChannels(channels: readonly ChannelEvidence[], wish: SpeakerWish): LabelledChannel[] {
  const [only] = channels;
  if (only && channels.length === 1) return [labelChannel(only, wish)];
  const free = channels.map((channel) => labelChannel(channel, {}));
  const found = free.map(({ voices }) => voices.length);
  return channelWishes(wish, found).map((own, index) => {
    const asFound = own.speakers === found[index] || found[index] === 0;
    return (asFound ? free[index] : null) ?? labelChannel(channels[index] as ChannelEvidence, own);
  });
}

function labelChannel(evidence: ChannelEvidence, wish: SpeakerWish): LabelledChannel {
  const { embeddings, seconds, samples } = evidence;
  const cut = unitsAndSpans(regionsOf(evidence.count, evidence.changes));
  if (cut.units.length === 0) return { voices: [], turns: [] };
  const found = findVoices({ vectors: embeddings, dimensions: DIMENSIONS, seconds, mass: uniqueSeconds(cut) }, wish);
  // Speech that is too short for any print is of somebody.
  const voices = found.length > 0 ? found : [new Float32Array(DIMENSIONS)];
  const scores = unitScores(cut, evidence, voices);
  const labels = giveEachAUnit(labelUnits(cut, scores, voices.length), scores, voices.length);
  const frames = labelFrames(evidence, { units: cut.units, labels, voices: voices.length });
  return { voices, turns: turnsOf(frames, voices.length, samples) };
}

/** Numbers by first appearance, over all channels. */
function numberSpeakers(channels: readonly (LabelledChannel & { readonly channel: number })[]): Pick<SpeakerTurns, 'turns' | 'speakers'> {
  const heard = channels.flatMap(({ channel, turns }) => turns.map((turn) => ({ ...turn, key: `${channel} ${turn.speaker}`, channel })));
  const numbers = new Map<string, Speaker>();
  const turns: SpeakerTurn[] = [];
  for (const { key, channel, speaker: voice, start, end } of heard.sort((a, b) => inOrder(a, b) || a.channel - b.channel)) {
    const known = numbers.get(key);
    const centroid = channels[channel]?.voices[voice] ?? new Float32Array(DIMENSIONS);
    const speaker = { id: known?.id ?? numbers.size, seconds: (known?.seconds ?? 0) + end - start, centroid, channel };
    numbers.set(key, speaker);
    turns.push({ speaker: speaker.id, start, end });
  }
  return { turns, speakers: [...numbers.values()] };
}

function warningsOf(found: number, { speakers, minSpeakers, maxSpeakers }: SpeakerWish): SpeakerWarning[] {
  const least = speakers ?? minSpeakers ?? 0;
  const most = speakers ?? maxSpeakers ?? Number.POSITIVE_INFINITY;
  if (found < least)
    return [{ code: 'fewer_speakers', message: `${least} speakers were asked for, but no more than ${found} can be told apart here.` }];
  if (found > most) return [{ code: 'more_speakers', message: `${most} speakers were asked for, but ${found} channels hold speech.` }];
  return [];
}
