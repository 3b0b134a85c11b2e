import type { EpochMs } from '@reeve/core';

/** A whole number that instants near each other, or a fixed time apart, do not share a pattern in: Knuth's multiplicative hash of the second. */
export const scattered = (at: EpochMs): number => Math.imul(Math.floor(at / 1_000), 0x9e3779b1) >>> 0;
