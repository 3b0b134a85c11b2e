import { Health, type Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { LabourerSettings } from '../domain/settings.ts';

/**
 * How many may run at this health: the share of the cap rounded down, as in sosw, but at least 1 while the share is above 0
 * (sosw's cap of 1 at 0.75 is 0 for ever).
 */
export const capAt = ({ cap, health }: Labourer, level: Health): number => {
  const share = health.coefficients[level];
  return share > 0 ? Math.max(1, Math.floor(cap * share)) : 0;
};

/**
 * The cap in force, and why it is what it is.
 * @param settings undefined: they are not known yet, and the labourer may be paused
 */
export const capWith = (
  labourer: Labourer,
  reading: Reading,
  settings: LabourerSettings | undefined,
): { readonly cap: number; readonly reading: Reading } => {
  const because = (reason: string): Reading => ({ ...reading, reason });
  if (!settings) return { cap: 0, reading: because('it is not known yet whether it is paused') };
  const { paused, cap } = settings;
  if (paused) return { cap: 0, reading: because(paused.reason === undefined ? 'paused' : `paused: ${paused.reason}`) };
  if (cap === undefined) return { cap: capAt(labourer, reading.health), reading };
  return { cap: capAt({ ...labourer, cap }, reading.health), reading: because(`cap set to ${cap}; ${reading.reason}`) };
};

/** The reading that counts: the lowest health, of equals the first. */
export const worst = (readings: readonly Reading[]): Reading | undefined =>
  readings.reduce<Reading | undefined>((lowest, each) => (lowest === undefined || each.health < lowest.health ? each : lowest), undefined);

/** One line for people: "thumbnails: resize: 10 -> 5, rds.cpu 71 > 50". */
export const explainCap = (id: string, from: number | undefined, to: number, reason: string): string =>
  `${id}: ${from === undefined ? `starts at ${to}` : `resize: ${from} -> ${to}`}, ${reason}`;

/**
 * The reading to go by, where there may be none: the labourer's `onMissing` rule fills it in. `hold` with nothing to hold
 * assumes High, so that a labourer without data from the start is not stopped by that alone.
 * @param last what was in force before
 */
export const healthInForce = ({ health }: Labourer, reading: Reading | undefined, last: Reading | undefined): Reading => {
  if (reading) return reading;
  if (health.onMissing !== 'hold')
    return { health: health.onMissing, reason: `no data: ${nameOf(health.onMissing)} is assumed`, observedAt: 0 };
  if (!last) return { health: Health.High, reason: 'no data yet: High is assumed', observedAt: 0 };
  return last.reason.startsWith(HELD) ? last : { ...last, reason: `${HELD}${last.reason}` };
};

const HELD = 'no data: held at ';

/** Whether a provider, which may be anybody's code, answered what it should. */
export const isReading = (value: unknown): value is Reading => {
  if (typeof value !== 'object' || value === null) return false;
  const { health, reason, observedAt } = value as Record<keyof Reading, unknown>;
  return Object.values(Health).some((each) => each === health) && typeof reason === 'string' && Number.isFinite(observedAt);
};

const nameOf = (level: Health): string => Object.entries(Health).find(([, value]) => value === level)?.[0] ?? String(level);
