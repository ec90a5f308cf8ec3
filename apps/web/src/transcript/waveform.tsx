import type { Transcript } from '@bulk-transcribe/protocol';
import { memo, useEffect, useRef } from 'react';
import { type OutlineBar, outlineBars } from './outline-bars.ts';
import { hueOf } from './speaker-colours.ts';

/** A bar and the gap behind it, pixels. */
const BAR = 3;

/** How loud the recording is over its length, in the colours of its speakers; drawn, as it says nothing that the slider before it does not say. */
export const Waveform = memo(({ transcript }: { readonly transcript: Transcript }) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const redraw = () => draw(element, transcript);
    const sizes = new ResizeObserver(redraw);
    sizes.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', redraw);
    return () => {
      sizes.disconnect();
      dark.removeEventListener('change', redraw);
    };
  }, [transcript]);
  return <canvas ref={canvas} className="waveform" aria-hidden />;
});

function draw(canvas: HTMLCanvasElement, transcript: Transcript): void {
  const { outline, segments, durationSec } = transcript;
  const context = canvas.getContext('2d');
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!context || !outline || durationSec === 0 || width === 0) return;
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  context.scale(devicePixelRatio, devicePixelRatio);
  const style = getComputedStyle(canvas);
  const colourOf = ({ speaker }: OutlineBar): string => style.getPropertyValue(`--speaker-${hueOf(transcript, speaker)}`);
  for (const [i, bar] of outlineBars({ outline, segments, durationSec, count: Math.floor(width / BAR) }).entries()) {
    const tall = Math.max(2, bar.height * height);
    context.fillStyle = colourOf(bar);
    context.fillRect(i * BAR, (height - tall) / 2, BAR - 1, tall);
  }
}
