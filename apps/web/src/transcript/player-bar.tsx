import type { Transcript } from '@bulk-transcribe/protocol';
import { Pause, Play, RotateCcw, RotateCw } from 'lucide-react';
import { Button } from 'react-aria-components';
import { strings } from '../strings.ts';
import { clock, length } from '../times.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { SpeedMenu } from './speed-menu.tsx';
import type { Player } from './use-player.ts';
import { Waveform } from './waveform.tsx';

interface PlayerBarProps {
  readonly player: Player;
  readonly src: string;
  readonly transcript: Transcript;
  readonly keysShown: boolean;
  readonly onKeysShown: (shown: boolean) => void;
}

/** The player at the bottom of the window: the browser's audio element under our own controls. */
export function PlayerBar({ player, src, transcript, keysShown, onKeysShown }: PlayerBarProps) {
  return (
    <section className="player" aria-label={strings.player.region}>
      {/* biome-ignore lint/a11y/useMediaCaption: the whole page is the caption */}
      <audio ref={player.audio} src={src} preload="metadata" />
      {player.isUnplayable ? (
        <p className="player-row" role="status">
          {strings.player.unplayable}
        </p>
      ) : (
        <div className="player-row">
          <PlayButtons player={player} />
          <Seek player={player} transcript={transcript} />
          <SpeedMenu rate={player.rate} onChange={player.controls.setRate} />
          <KeysDialog isOpen={keysShown} onOpenChange={onKeysShown} />
        </div>
      )}
    </section>
  );
}

function PlayButtons({ player: { controls, isPlaying } }: { readonly player: Player }) {
  return (
    <div className="player-buttons">
      <Button className="icon-button skip" aria-label={strings.player.back} onPress={controls.back}>
        <RotateCcw aria-hidden size={20} />
        <span aria-hidden>5</span>
      </Button>
      <Button className="icon-button play" aria-label={isPlaying ? strings.player.pause : strings.player.play} onPress={controls.toggle}>
        {isPlaying ? <Pause aria-hidden size={20} fill="currentColor" /> : <Play aria-hidden size={20} fill="currentColor" />}
      </Button>
      <Button className="icon-button skip" aria-label={strings.player.forward} onPress={controls.forward}>
        <RotateCw aria-hidden size={20} />
        <span aria-hidden>5</span>
      </Button>
    </div>
  );
}

/** A native range: it says its position in minutes and seconds, which a number field cannot. */
function Seek({ player, transcript }: Pick<PlayerBarProps, 'player' | 'transcript'>) {
  // As it was decoded: what the browser says is an estimate in some formats.
  const duration = Math.max(transcript.durationSec, player.time);
  const fraction = duration > 0 ? player.time / duration : 0;
  return (
    <>
      <span className="player-time tabular">{clock(player.time)}</span>
      <div className="seek-place">
        <Waveform transcript={transcript} />
        <input
          className="seek"
          type="range"
          aria-label={strings.player.seek}
          aria-valuetext={strings.player.position(clock(player.time), length(duration))}
          min={0}
          max={duration}
          step="any"
          value={player.time}
          onChange={(event) => player.controls.seek(event.target.valueAsNumber)}
          style={{ '--done': `${fraction * 100}%` } as React.CSSProperties}
        />
      </div>
      <span className="player-time tabular muted">{length(duration)}</span>
    </>
  );
}
