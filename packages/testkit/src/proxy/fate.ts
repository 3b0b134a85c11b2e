import type { Chance, Millis } from '@reeve/core';
import type { Toxic, ToxicKind, Way } from './toxic.ts';

/** What becomes of one piece of bytes that has arrived at the proxy. */
export type Fate =
  | {
      readonly kind: 'pass';
      readonly wait: Millis;
      /** Into pieces of so many bytes at most. Absent: as it is. */
      readonly slices?: number;
      /** The toxics that touched it. */
      readonly met: readonly ToxicKind[];
    }
  | { readonly kind: 'cut' | 'cutAfterAnswer' | 'blackHole' | 'halfOpen' };

type Random = Pick<Chance, 'random'>;

const works = (toxic: Toxic, way: Way): boolean => {
  if (toxic.kind === 'cutAfterAnswer') return way === 'toClient';
  return !('way' in toxic) || toxic.way === undefined || toxic.way === way;
};

/** A share that is the whole draws no lot, so that adding a toxic for good does not change what the others draw. */
const meets = (share: number | undefined, chance: Random): boolean => share === undefined || share >= 1 || chance.random() < share;

/** The first toxic that ends the connection decides; delays and slices of the others add up. */
export const fateOf = (toxics: Iterable<Toxic>, way: Way, chance: Random): Fate => {
  let wait = 0;
  let slices: number | undefined;
  const met: ToxicKind[] = [];
  for (const toxic of toxics) {
    if (!works(toxic, way)) continue;
    switch (toxic.kind) {
      case 'cut':
      case 'cutAfterAnswer':
      case 'blackHole':
      case 'halfOpen':
        if (meets(toxic.share, chance)) return { kind: toxic.kind };
        break;
      case 'latency':
        wait += toxic.wait + (toxic.jitter === undefined ? 0 : chance.random() * toxic.jitter);
        met.push(toxic.kind);
        break;
      case 'slice':
        slices = Math.min(toxic.most, slices ?? toxic.most);
        met.push(toxic.kind);
        break;
      case 'stall':
        met.push(toxic.kind);
        break;
      case 'refuse': // meets connections, and no bytes
        break;
    }
  }
  return { kind: 'pass', wait, met, ...(slices !== undefined && { slices }) };
};

/** @returns the bytes in pieces of 1 to `most` bytes each */
export const sliced = (bytes: Buffer, most: number, chance: Random): readonly Buffer[] => {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = from + 1 + Math.floor(chance.random() * Math.max(1, Math.floor(most)));
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
};
