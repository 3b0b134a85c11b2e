import type { StoreCase } from '../../bench.ts';
import { keyNameCases } from './names.ts';
import { placeCases } from './places.ts';
import { keyRaceCases } from './races.ts';
import { turnCases } from './turns.ts';

/** What claims with `perKey` promise. All are cases of C11 or C12, so that a store which lacks these has none of them to pass. */
export const keyCases: readonly StoreCase[] = [...turnCases, ...placeCases, ...keyNameCases, ...keyRaceCases];
