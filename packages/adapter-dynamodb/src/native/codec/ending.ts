/**
 * That a task has ended, and when. It is written down in the very write that gives the task's place under the cap back, as an
 * attribute of the group: `-<home>` = instant (9 digits of base 32), and a letter for its kind. Later many are gathered into one item.
 *
 * A task that was redriven ends again. Its later ends have the number of the claim in their name, `-<home>~<claim>`: whoever takes the
 * former end out of the group, because it is in history, must not take this one with it.
 */
import type { EpochMs } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { digits, HOME_TEXT, instantIn } from './home-key.ts';

const LETTERS = { completed: 'c', dead: 'd', cancelled: 'x', dropped: 'o' } as const;

export type EndKind = keyof typeof LETTERS;

export const END_KINDS = Object.keys(LETTERS) as readonly EndKind[];

export interface Ending {
  /** As `homeText` writes it. */
  readonly home: string;
  readonly kind: EndKind;
  readonly at: EpochMs;
  /** The claim that came to this end, of a task that was redriven. */
  readonly claim?: number;
}

const AT = 9;

export const endingName = ({ home, claim }: Pick<Ending, 'home' | 'claim'>): string => `-${home}${claim === undefined ? '' : `~${claim}`}`;
export const endingValue = ({ kind, at }: Pick<Ending, 'kind' | 'at'>): string => digits(at) + LETTERS[kind];

/** Those that a group still has. */
export const endingsOf = (row: Row): readonly Ending[] =>
  Object.entries(row)
    .filter(([name]) => name.startsWith('-'))
    .map(([name, { S = '' }]) => {
      const [home = '', claim] = name.slice(1).split('~');
      const kind = END_KINDS.find((each) => S.endsWith(LETTERS[each])) ?? 'completed';
      return { home, at: instantIn(S), kind, ...(claim !== undefined && { claim: Number(claim) }) };
    });

/** Where it stands among all of its kind: the later, the greater. */
export const endingOrder = ({ home, at }: Pick<Ending, 'home' | 'at'>): string => digits(at) + home;

/** Many in one text. */
export const packed = (endings: readonly Ending[]): string => endings.map(endingOrder).join('');

export const unpacked = (text: string, kind: EndKind): readonly Ending[] => {
  const width = AT + HOME_TEXT;
  return Array.from({ length: Math.floor(text.length / width) }, (_, n) => {
    const one = text.slice(n * width, (n + 1) * width);
    return { kind, at: instantIn(one), home: one.slice(AT) };
  });
};
