/**
 * A place under the cap is one attribute of a group item: its name says whose it is, its value until when.
 *   `@<task>~<claim>` = deadline, then the instant of the claim, each as nine digits of base 32
 * Behind them stands the tag of the task's key, if it has one: `#` and twelve characters.
 * Texts of one width compare as the numbers do, so a condition of DynamoDB can ask for "later than". No two claims of a
 * task share a number, so a place is never mistaken for a later one of the same task.
 */
import { createHash } from 'node:crypto';
import type { EpochMs } from '@reeve/core';

export interface Place {
  readonly group: number;
  /** The attribute's name. */
  readonly name: string;
  /** Of the task's key. Absent: it has none. */
  readonly tag?: string | undefined;
}

const WIDTH = 9;
const MARK_OF_TAG = '#';
export const TAG_WIDTH: number = 13;

const written = (at: EpochMs): string => Math.max(0, Math.floor(at)).toString(32).padStart(WIDTH, '0');

export const placeName = (task: string, claim: number): string => `@${task}~${claim}`;

export const isPlaceName = (attribute: string): boolean => attribute.startsWith('@');

export const placeValue = (until: EpochMs, claimedAt: EpochMs, tag: string = ''): string => written(until) + written(claimedAt) + tag;

/**
 * What stands for a key in its places: short, of one width, and of harmless characters. 72 bits of a hash: that two keys of a labourer share
 * one, and so their places, is not to be expected before there are billions of them.
 */
export const tagOfKey = (key: string | undefined): string | undefined =>
  key === undefined
    ? undefined
    : MARK_OF_TAG +
      createHash('sha256')
        .update(key)
        .digest('base64url')
        .slice(0, TAG_WIDTH - 1);

export const tagOfPlace = (value: string): string | undefined =>
  value[2 * WIDTH] === MARK_OF_TAG ? value.slice(2 * WIDTH, 2 * WIDTH + TAG_WIDTH) : undefined;

/** The least value of a place that ends after an instant. */
export const endsAfter = (at: EpochMs): string => written(at + 1);

/** What a place becomes once somebody has counted it as free: nobody can renew it any more. */
export const expiredValue = (value: string): string => written(0) + value.slice(WIDTH);

export const untilOfPlace = (value: string): EpochMs => Number.parseInt(value.slice(0, WIDTH), 32);
export const claimedAtOfPlace = (value: string): EpochMs => Number.parseInt(value.slice(WIDTH, 2 * WIDTH), 32);

/** The same with a mark behind it that is new: whoever compares the whole value sees that somebody was here. */
export const stampedValue = (value: string, stamp: string): string => value.slice(0, 2 * WIDTH) + (tagOfPlace(value) ?? '') + stamp;

/** The task and the number of the claim: the tilde that counts is the last. */
export const ownerOf = (name: string): { readonly task: string; readonly claim: number } => {
  const cut = name.lastIndexOf('~');
  return { task: name.slice(1, cut), claim: Number(name.slice(cut + 1)) };
};
