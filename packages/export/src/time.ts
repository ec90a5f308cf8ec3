/** `HH:MM:SS` + separator + milliseconds. Rounds once, in whole milliseconds, so that 59.9996 s never reads as second 60. */
export function timestamp(seconds: number, separator: ',' | '.'): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const whole = Math.floor(ms / 1000);
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${separator}${String(ms % 1000).padStart(3, '0')}`;
}
