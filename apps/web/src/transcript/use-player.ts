import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useStoredValue } from '../stored-value.ts';

/** Step of the skip buttons and arrow keys, seconds. */
const SKIP = 5;

interface PlayerState {
  /** Seconds. */
  readonly time: number;
  readonly isPlaying: boolean;
  readonly rate: number;
  /** The browser cannot play this file. */
  readonly isUnplayable: boolean;
}

interface PlayerControls {
  readonly toggle: () => void;
  readonly playFrom: (time: number) => void;
  readonly seek: (time: number) => void;
  readonly back: () => void;
  readonly forward: () => void;
  readonly setRate: (rate: number) => void;
}

export interface Player extends PlayerState {
  readonly audio: RefObject<HTMLAudioElement | null>;
  readonly controls: PlayerControls;
}

const initial: PlayerState = { time: 0, isPlaying: false, rate: 1, isUnplayable: false };
const EVENTS = ['timeupdate', 'seeking', 'play', 'pause', 'ended', 'ratechange', 'error'] as const;

/** The native audio element is the one truth; this mirrors it. */
export function usePlayer(): Player {
  const audio = useRef<HTMLAudioElement>(null);
  const [state, setState] = useState(initial);
  const read = useCallback(() => audio.current && setState(stateOf(audio.current)), []);
  useEffect(() => {
    const element = audio.current;
    for (const name of EVENTS) element?.addEventListener(name, read);
    read();
    return () => {
      for (const name of EVENTS) element?.removeEventListener(name, read);
    };
  }, [read]);
  // Who likes it faster likes every recording faster.
  const [rate, setRate] = useStoredValue('speed', 1);
  useEffect(() => {
    if (!audio.current) return;
    audio.current.defaultPlaybackRate = rate;
    audio.current.playbackRate = rate;
  }, [rate]);
  const controls = useMemo(() => ({ ...controlsOf(audio), setRate }), [setRate]);
  return { ...state, audio, controls };
}

const stateOf = (audio: HTMLAudioElement): PlayerState => ({
  time: audio.currentTime,
  isPlaying: !audio.paused && !audio.ended,
  rate: audio.playbackRate,
  isUnplayable: audio.error !== null,
});

function controlsOf(ref: RefObject<HTMLAudioElement | null>): Omit<PlayerControls, 'setRate'> {
  const using = (action: (audio: HTMLAudioElement) => void) => {
    if (ref.current) action(ref.current);
  };
  // A refusal (nothing to play, or a pause came in between) shows in the element's state, which we mirror.
  const play = (audio: HTMLAudioElement) => void audio.play().catch(() => undefined);
  const move = (audio: HTMLAudioElement, time: number) => {
    const end = Number.isFinite(audio.duration) ? audio.duration : Number.MAX_SAFE_INTEGER;
    audio.currentTime = Math.min(Math.max(0, time), end);
  };
  return {
    toggle: () => using((audio) => (audio.paused ? play(audio) : audio.pause())),
    playFrom: (time) =>
      using((audio) => {
        move(audio, time);
        play(audio);
      }),
    seek: (time) => using((audio) => move(audio, time)),
    back: () => using((audio) => move(audio, audio.currentTime - SKIP)),
    forward: () => using((audio) => move(audio, audio.currentTime + SKIP)),
  };
}
