/** `HH:MM:SS` + separator + milliseconds. Rounds once, in whole milliseconds, so that 59.9996 s never reads as second 60. */
export function timestamp(seconds: number, separator: ',' | '.'): string {
  const ms = Math.round(seconds * 1000);
  const whole = Math.floor(ms / 1000);
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${separator}${String(ms % 1000).padStart(3, '0')}`;
}

/** For people: 4:05, 1:04:05. Seconds are cut, so that a place in the player never lies behind what is meant. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
