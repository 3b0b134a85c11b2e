import { capMutants } from './cap.ts';
import { enqueueMutants } from './enqueue.ts';
import { expiryMutants } from './expiry.ts';
import { orderMutants } from './order.ts';
import { readerMutants } from './reader.ts';
import { settleMutants } from './settle.ts';
import type { StoreMutant } from './twist.ts';

/** Stores with one fault each, for the kit to prove itself on. */
export const storeMutants: readonly StoreMutant[] = [
  ...enqueueMutants,
  ...capMutants,
  ...orderMutants,
  ...settleMutants,
  ...expiryMutants,
  ...readerMutants,
];
