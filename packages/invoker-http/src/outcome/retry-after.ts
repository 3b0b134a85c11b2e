import type { IncomingHttpHeaders } from 'node:http';
import { type EpochMs, MINUTE, type Millis, SECOND } from '@reeve/core';

/** An endpoint that is to be left alone for longer is looked at all the same. */
const LONGEST: Millis = 60 * MINUTE;

/**
 * How long an endpoint wants to be left alone: `Retry-After` in seconds, or a date.
 * @returns undefined if it does not say, or nothing that can be understood
 */
export const retryAfterOf = ({ 'retry-after': text, date }: IncomingHttpHeaders, now: EpochMs): Millis | undefined => {
  const wait = text === undefined ? Number.NaN : /^\d+$/.test(text.trim()) ? Number(text) * SECOND : untilDate(text, date, now);
  return Number.isNaN(wait) || wait <= 0 ? undefined : Math.min(wait, LONGEST);
};

/** Counted from the endpoint's own time where it tells it: its clock made the date. */
const untilDate = (text: string, date: string | undefined, now: EpochMs): Millis => {
  const theirs = date === undefined ? Number.NaN : httpDate(date);
  return httpDate(text) - (Number.isNaN(theirs) ? now : theirs);
};

/** "Fri, 27 Nov 2026 15:00:00 GMT". Of the obsolete forms and all else that `Date.parse` might take for a date, nothing is believed. */
const httpDate = (text: string): EpochMs =>
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : Number.NaN;
