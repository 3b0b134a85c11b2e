import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { cursorFault } from '@reeve/core';
import type { Row } from '../client/requests.ts';

/** Where each range of a list stands: not begun, after a key of its index, or at its end. */
export type Stand = 'begin' | 'end' | Row;

export interface Cursor {
  /** The instant of the first page: what is due and what waits is told apart by it on all pages. */
  readonly now: number;
  readonly stands: readonly Stand[];
}

export const cursorText = ({ now, stands }: Cursor): string => Buffer.from(JSON.stringify([now, ...stands])).toString('base64url');

/** @param ranges how many the list has, or whether so many can be. @throws ReeveError INVALID_CURSOR */
export const readCursor = (text: string, ranges: number | ((count: number) => boolean)): Cursor => {
  const [now, ...stands] = parse(text);
  const fits = typeof ranges === 'number' ? stands.length === ranges : ranges(stands.length);
  if (typeof now === 'number' && Number.isFinite(now) && fits && stands.every(isStand)) return { now, stands };
  throw cursorFault();
};

const parse = (text: string): readonly unknown[] => {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
};

const isStand = (value: unknown): value is Stand =>
  value === 'begin' || value === 'end' || (typeof value === 'object' && value !== null && Object.values(value).every(isKeyValue));

const isKeyValue = (value: unknown): value is AttributeValue =>
  typeof value === 'object' &&
  value !== null &&
  (typeof (value as { S?: unknown }).S === 'string' || typeof (value as { N?: unknown }).N === 'string');
