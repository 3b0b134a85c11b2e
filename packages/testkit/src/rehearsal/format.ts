import { MINUTE, type Millis, SECOND } from '@reeve/core';

/** "1:05:00" or "5:00". */
export const clockText = (at: Millis): string => {
  const seconds = Math.round(at / SECOND);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

/** "85 ms", "1.2 s", "3.5 min". */
export const timeText = (time: Millis): string => {
  if (time < SECOND) return `${Math.round(time)} ms`;
  return time < MINUTE ? `${(time / SECOND).toFixed(1)} s` : `${(time / MINUTE).toFixed(1)} min`;
};

/** Rounded down, so that 94.96 % is not told as 95. */
export const percentText = (share: number): string => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

/** "0.5", "12.3", "1,234". */
export const numberText = (value: number): string =>
  value < 100 ? String(Math.round(value * 10) / 10) : Math.round(value).toLocaleString('en-US');
