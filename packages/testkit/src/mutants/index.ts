import { capMutants } from './cap.ts';
import { enqueueMutants } from './enqueue.ts';
import { expiryMutants } from './expiry.ts';
import { keyMutants } from './keys.ts';
import { operatorMutants } from './operator.ts';
import { orderMutants } from './order.ts';
import { outboxMutants } from './outbox.ts';
import { readerMutants } from './reader.ts';
import { registerMutants } from './register.ts';
import { retentionMutants } from './retention.ts';
import { roomMutants } from './rooms.ts';
import { settleMutants } from './settle.ts';
import { turnMutants } from './turns.ts';
import type { StoreMutant } from './twist.ts';
import { urgencyMutants } from './urgency.ts';

/** Stores with one fault each, for the kit to prove itself on. */
export const storeMutants: readonly StoreMutant[] = [
  ...enqueueMutants,
  ...capMutants,
  ...orderMutants,
  ...settleMutants,
  ...expiryMutants,
  ...readerMutants,
  ...urgencyMutants,
  ...keyMutants,
  ...turnMutants,
  ...roomMutants,
  ...retentionMutants,
  ...operatorMutants,
  ...registerMutants,
  ...outboxMutants,
];
