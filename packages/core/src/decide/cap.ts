import { type CapDecision, Health, type Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { LabourerSettings } from '../domain/settings.ts';
import { type EpochMs, MINUTE, type Millis } from '../domain/time.ts';

/**
 * How many may run at this health: the share of the cap rounded down, as in sosw, but at least 1 while the share is above 0
 * (sosw's cap of 1 at 0.75 is 0 for ever).
 */
export const capAt = ({ cap, health }: Pick<Labourer, 'cap' | 'health'>, level: Health): number => {
  const share = health.coefficients[level];
  return share > 0 ? Math.max(1, Math.floor(cap * share)) : 0;
};

/** How many may run by this reading alone. */
const allowedBy = (labourer: Pick<Labourer, 'cap' | 'health'>, { health, limit = Number.POSITIVE_INFINITY }: Reading): number =>
  Math.min(capAt(labourer, health), limit);

/**
 * The cap in force, and why it is what it is: what the strictest of the readings allows.
 * @param readings none: there is no ecology
 * @param settings undefined: they are not known yet, and the labourer may be paused
 */
export const decideCap = (labourer: Labourer, readings: readonly Reading[], settings: LabourerSettings | undefined): CapDecision => {
  const most = settings?.cap ?? labourer.cap;
  const own = { cap: most, health: labourer.health };
  const ordered = [...readings].sort((a, b) => allowedBy(own, a) - allowedBy(own, b) || a.health - b.health);
  const [first] = ordered;
  const health = worst(readings)?.health ?? Health.High;
  const allowed = first ? allowedBy(own, first) : capAt(own, health);
  const facts = { most, health, coefficient: labourer.health.coefficients[health], readings: ordered };
  if (!settings) return { ...facts, cap: 0, why: 'it is not known yet whether it is paused' };
  if (settings.paused) return { ...facts, cap: 0, why: withReason('paused', settings.paused.reason) };
  const reason = first?.reason ?? 'no ecology: the whole cap';
  const why = settings.cap === undefined ? reason : `cap set to ${most}; ${reason}`;
  return labourer.health.dryRun ? { ...facts, cap: most, why: `dry run: ${why}`, wouldBe: allowed } : { ...facts, cap: allowed, why };
};

const withReason = (what: string, reason: string | undefined): string => (reason === undefined ? what : `${what}: ${reason}`);

/** The reading that counts: the lowest health, of equals the first. */
export const worst = (readings: readonly Reading[]): Reading | undefined =>
  readings.reduce<Reading | undefined>((lowest, each) => (lowest === undefined || each.health < lowest.health ? each : lowest), undefined);

/** One line for people: "thumbnails: resize: 10 -> 5, rds.cpu 71 > 50". */
export const explainCap = (id: string, from: number | undefined, to: number, reason: string): string =>
  `${id}: ${from === undefined ? `starts at ${to}` : `resize: ${from} -> ${to}`}, ${reason}`;

/** One line for people: "thumbnails: health: High -> Moderate, rds.cpu 71 > 50". */
export const explainHealth = (id: string, from: Health | undefined, to: Health, reason: string): string =>
  `${id}: health: ${from === undefined ? '' : `${nameOf(from)} -> `}${nameOf(to)}, ${reason}`;

/**
 * The readings to go by where a provider has none: the labourer's `onMissing` rule fills them in. `hold` with nothing to hold
 * assumes High, so that a labourer without data from the start is not stopped by that alone.
 * @param last what this provider's were before
 */
export const readingsInForce = (
  { health }: Pick<Labourer, 'health'>,
  readings: readonly Reading[] | undefined,
  last: readonly Reading[] | undefined,
): readonly Reading[] => {
  if (readings) return readings;
  if (health.onMissing !== 'hold')
    return [{ health: health.onMissing, reason: `no data: ${nameOf(health.onMissing)} is assumed`, observedAt: 0, missing: true }];
  if (!last) return [{ health: Health.High, reason: 'no data yet: High is assumed', observedAt: 0, missing: true }];
  return last.map((each) => (each.reason.startsWith(NO_DATA) ? each : { ...each, reason: `${HELD}${each.reason}`, missing: true }));
};

const NO_DATA = 'no data';
const HELD = `${NO_DATA}: held at `;

/** More than clocks of one system are apart. */
const CLOCKS_APART: Millis = MINUTE;

/** Whether a provider, which may be anybody's code, answered what it should. One from the future says nothing about now. */
export const isReading = (value: unknown, now: EpochMs): value is Reading => {
  if (typeof value !== 'object' || value === null) return false;
  const { health, reason, observedAt, limit, of, value: number } = value as Record<keyof Reading, unknown>;
  return (
    Object.values(Health).some((each) => each === health) &&
    typeof reason === 'string' &&
    typeof observedAt === 'number' &&
    observedAt <= now + CLOCKS_APART && // false for NaN
    (limit === undefined || (Number.isInteger(limit) && Number(limit) >= 0)) &&
    (of === undefined || typeof of === 'string') &&
    (number === undefined || Number.isFinite(number))
  );
};

export const nameOf = (level: Health): string => Object.entries(Health).find(([, value]) => value === level)?.[0] ?? String(level);
