/**
 * That a task has ended, and when. It is written down in the very write that gives the task's place under the cap back, as an
 * attribute of the group: `-<home>` = instant (9 digits of base 32), `c` completed or `d` dead. Later many are gathered into one item.
 */
import type { EpochMs } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { digits, HOME_TEXT, instantIn } from './home-key.ts';

export type EndKind = 'completed' | 'dead';

export interface Ending {
  /** As `homeText` writes it. */
  readonly home: string;
  readonly kind: EndKind;
  readonly at: EpochMs;
}

const AT = 9;

export const endingName = (home: string): string => `-${home}`;
export const endingValue = ({ kind, at }: Pick<Ending, 'kind' | 'at'>): string => digits(at) + kind.charAt(0);

/** Those that a group still has. */
export const endingsOf = (row: Row): readonly Ending[] =>
  Object.entries(row)
    .filter(([name]) => name.startsWith('-'))
    .map(([name, { S = '' }]) => ({ home: name.slice(1), at: instantIn(S), kind: S.endsWith('d') ? 'dead' : 'completed' }));

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
