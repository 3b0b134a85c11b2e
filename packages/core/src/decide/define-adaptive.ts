import type { Adaptive, AdaptiveKind } from '../domain/adaptive.ts';
import type { Labourer } from '../domain/labourer.ts';
import { DAY, MINUTE, SECOND } from '../domain/time.ts';
import type { Field } from './field-reader.ts';

const KINDS: readonly AdaptiveKind[] = ['aimd', 'vegas', 'gradient2'];
const MOST = 1_000_000;

/** @param cap as it is defined */
export const adaptiveOf = (field: Field, cap: number): Pick<Labourer['health'], 'adaptive'> => {
  if (!field.isGiven) return {};
  if (typeof field.value === 'string') return { adaptive: withDefaults(field.oneOf(KINDS, 'aimd'), cap) };
  const own = field.members(['kind', 'floor', 'ceiling', 'initial', 'window']);
  if (!own.field('kind').isGiven) own.field('kind').refuse(`is missing; give one of ${KINDS.join(', ')}`);
  const otherwise = withDefaults(own.field('kind').oneOf(KINDS, 'aimd'), cap);
  const floor = own.field('floor').whole(1, MOST, otherwise.floor);
  const ceiling = own.field('ceiling').whole(1, MOST, Math.max(floor, otherwise.ceiling));
  const initial = own.field('initial').whole(1, MOST, Math.min(ceiling, Math.max(floor, Math.ceil(ceiling / 4))));
  if (floor > ceiling) own.field('floor').refuse(`is ${floor}, more than the ceiling ${ceiling}; give less`);
  else if (initial < floor || initial > ceiling)
    own.field('initial').refuse(`is ${initial}; give a whole number from the floor ${floor} to the ceiling ${ceiling}`);
  const window = own.field('window').whole(SECOND, 10 * MINUTE, otherwise.window);
  return { adaptive: Object.freeze({ kind: otherwise.kind, floor, ceiling, initial, window }) };
};

const withDefaults = (kind: AdaptiveKind, cap: number): Adaptive =>
  Object.freeze({ kind, floor: 1, ceiling: cap, initial: Math.ceil(cap / 4), window: 5 * SECOND });

export const breakerOf = (field: Field): Pick<Labourer['health'], 'breaker'> => {
  if (!field.isGiven || field.equals(false)) return {};
  const own = (field.equals(true) ? field.none() : field).members(['failures', 'atLeast', 'openFor']);
  const failures = own.field('failures').share(0.5);
  if (failures === 0) own.field('failures').refuse('is 0, so that it would open without a failure; give a share above 0');
  return {
    breaker: Object.freeze({
      failures,
      atLeast: own.field('atLeast').whole(1, MOST, 10),
      openFor: own.field('openFor').whole(SECOND, DAY, 30 * SECOND),
    }),
  };
};
