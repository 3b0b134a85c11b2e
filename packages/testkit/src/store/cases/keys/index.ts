import type { StoreCase } from '../../bench.ts';
import { manyRoomCases } from './many-rooms.ts';
import { keyNameCases } from './names.ts';
import { placeCases } from './places.ts';
import { keyRaceCases } from './races.ts';
import { roomRaceCases } from './room-races.ts';
import { roomCases } from './rooms.ts';
import { turnCases } from './turns.ts';

/**
 * What claims with `perKey` and with `room` promise. All are cases of C11, C12 or C13, so that a store which lacks these has none of them
 * to pass.
 */
export const keyCases: readonly StoreCase[] = [
  ...turnCases,
  ...placeCases,
  ...keyNameCases,
  ...keyRaceCases,
  ...roomCases,
  ...manyRoomCases,
  ...roomRaceCases,
];
