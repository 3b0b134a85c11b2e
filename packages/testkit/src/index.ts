export { CountingChance } from './counting-chance.ts';
export { ManualClock } from './manual-clock.ts';
