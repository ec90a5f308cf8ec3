/** Lengths of time as people read them. Pure. */
import { strings } from './strings.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** `0:07`, `58:40`, `1:02:11`. Whole seconds, cut off: a clock never shows a second that has not passed. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The length of a recording: rounded, so that 10.99 s reads 0:11. */
export const length = (seconds: number): string => clock(Math.round(seconds));

/** "less than a minute", "about 6 min", "about 1 h 20 min". */
export function roughly(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return strings.times.lessThanAMinute;
  if (minutes < 60) return strings.times.aboutMinutes(minutes);
  return strings.times.aboutHours(Math.floor(minutes / 60), minutes % 60);
}

const dayAndTime = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
const thisYear = new Intl.DateTimeFormat(strings.locale, dayAndTime);
const otherYear = new Intl.DateTimeFormat(strings.locale, { ...dayAndTime, year: 'numeric' });

/** "Mar 4, 3:07 PM"; the year where it is not this one. */
export function moment(timestamp: string, now = new Date()): string {
  const date = new Date(timestamp);
  return (date.getFullYear() === now.getFullYear() ? thisYear : otherYear).format(date);
}

const date = new Intl.DateTimeFormat(strings.locale, { dateStyle: 'long' });
export const day = (time: Date): string => date.format(time);
