/** Sounds in which nobody speaks, made in code: the same for the same seed. */
import { RATE, random } from '../media.ts';

type Numbers = () => number;
/** Sample number → -1…1. */
type Sound = (at: number) => number;

const sine = (hertz: number): Sound => {
  const step = (2 * Math.PI * hertz) / RATE;
  return (at) => Math.sin(step * at);
};

const mixed =
  (sounds: readonly Sound[]): Sound =>
  (at) =>
    sounds.reduce((sum, sound) => sum + sound(at), 0) / sounds.length;

/** Mains and its harmonics. */
const hum = (next: Numbers): Sound => mixed([1, 2, 3, 5].map((harmonic) => sine((next() < 0.5 ? 50 : 60) * harmonic)));

const white =
  (next: Numbers): Sound =>
  () =>
    2 * next() - 1;

/** White noise through a leaky sum: wind, a motor, a distant road. */
function brown(next: Numbers): Sound {
  let level = 0;
  return () => {
    level = 0.98 * level + 0.1 * (2 * next() - 1);
    return level;
  };
}

/** Rare clicks, as of an old record. */
const crackle =
  (next: Numbers): Sound =>
  () =>
    next() < 0.0005 ? 2 * next() - 1 : 0;

/** A chord of a pentatonic scale on each beat, struck and fading. */
function music(next: Numbers): Sound {
  const beat = Math.round((0.25 + next() / 2) * RATE);
  const scale = [0, 2, 4, 7, 9, 12, 14, 16];
  const note = () => sine(220 * 2 ** ((scale[Math.floor(next() * scale.length)] ?? 0) / 12));
  let chord = mixed([note(), note(), note()]);
  return (at) => {
    if (at % beat === 0) chord = mixed([note(), note(), note()]);
    return chord(at) * Math.exp((-4 * (at % beat)) / beat);
  };
}

const kinds: Readonly<Record<string, (next: Numbers) => Sound>> = { silence: () => () => 0, hum, white, brown, crackle, music };
export const soundKinds = Object.keys(kinds);

/** `seconds` of each kind one after the other, each at a loudness of its own. */
export function nothingSaid(seconds: number, seed: number): Float32Array {
  const next = random(seed);
  const length = Math.round(seconds * RATE);
  const samples = new Float32Array(length * soundKinds.length);
  Object.values(kinds).forEach((kind, index) => {
    const sound = kind(next);
    const loudness = 10 ** (-2 * next());
    for (let at = 0; at < length; at += 1) samples[index * length + at] = loudness * sound(at);
  });
  return samples;
}
