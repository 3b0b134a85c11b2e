import type { Keep, LabourerDefinition, LabourerDefinitions } from '@reeve/core';
import type { Store } from '../store/bench.ts';
import { isWhole } from '../store/whole.ts';
import type { SimOptions } from './options.ts';
import { Stream } from './stream.ts';

/** What labourers may share. */
const RESOURCE = 'spade';

/** From a source of its own, so that a seed draws for the rest what it always did. */
export const limitsDrawn = (seed: number): Required<Pick<SimOptions, 'resources' | 'batches'>> => {
  const draw = new Stream(seed, 'swarm-limits');
  return { batches: draw.happens(0.5) ? 0 : draw.between(1, 4), resources: draw.happens(0.5) ? {} : { [RESOURCE]: draw.between(2, 5) } };
};

/**
 * Rates, shares of a resource, and how long ended tasks are kept. Half of the runs have no limits at all: with one a labourer's settling
 * and claiming are two calls. Two versions say the same of what all have to agree on, and may keep ended tasks for different times.
 */
export const withLimits = (seed: number, versions: readonly LabourerDefinitions[]): readonly LabourerDefinitions[] => {
  const { resources } = limitsDrawn(seed);
  const names = Object.keys(versions[0] ?? {});
  const isLimited = new Stream(seed, 'swarm-limited').happens(0.5);
  const shared = new Map(names.map((name) => [name, isLimited ? sharedBy(new Stream(seed, `limits-${name}`), resources) : {}]));
  return versions.map((version, n) =>
    Object.fromEntries(
      Object.entries(version).map(([name, definition]) => [
        name,
        { ...definition, ...shared.get(name), ...keepDrawn(new Stream(seed, `keep-${n}-${name}`)) },
      ]),
    ),
  );
};

const sharedBy = (
  draw: Stream,
  resources: Required<SimOptions>['resources'],
): Pick<LabourerDefinition, 'rate' | 'ratePerKey' | 'draws'> => {
  const rate = () => ({ starts: draw.between(1, 4), per: draw.between(2, 8) * 500, burst: draw.between(1, 3) });
  const [units] = Object.values(resources);
  return {
    ...(draw.happens(0.3) && { rate: rate() }),
    ...(draw.happens(0.3) && { ratePerKey: rate() }),
    ...(units !== undefined && draw.happens(0.6) && { draws: { [RESOURCE]: draw.between(1, Math.min(2, units)) } }),
  };
};

const keepDrawn = (draw: Stream): Pick<LabourerDefinition, 'keep'> => {
  if (draw.happens(0.6)) return {};
  const keep = (): Keep => ({
    ...(draw.happens(0.5) && { age: draw.between(1, 30) * 1_000 }),
    ...(draw.happens(0.5) && { count: draw.below(4) }),
  });
  return { keep: { ...(draw.happens(0.7) && { completed: keep() }), ...(draw.happens(0.7) && { others: keep() }) } };
};

const without =
  (...fields: readonly (keyof LabourerDefinition)[]) =>
  (versions: SimOptions['versions']): SimOptions['versions'] =>
    versions.map((version) =>
      Object.fromEntries(
        Object.entries(version).map(([name, definition]) => [
          name,
          Object.fromEntries(Object.entries(definition).filter(([field]) => !fields.some((each) => each === field))) as LabourerDefinition,
        ]),
      ),
    );

/** The same without what the store does not promise to keep, or has no port for. */
export const keepable = (versions: SimOptions['versions'], store: Store): SimOptions['versions'] => {
  const { lacks = [] } = store.capabilities;
  return without(
    ...(lacks.includes('C11') ? (['perKey'] as const) : []),
    ...(lacks.includes('M2') ? (['keep'] as const) : []),
    ...(lacks.includes('C13') || !isWhole(store) ? (['ratePerKey'] as const) : []),
    ...(isWhole(store) ? [] : (['rate', 'draws'] as const)),
  )(versions);
};

/** The same without what one run may have and another not; for whoever makes a run smaller, or wants none of it. */
export const keptForEver: (versions: SimOptions['versions']) => SimOptions['versions'] = without('keep');
export const unshared: (versions: SimOptions['versions']) => SimOptions['versions'] = without('draws');
export const unrated: (versions: SimOptions['versions']) => SimOptions['versions'] = without('rate', 'ratePerKey');
export const keyless: (versions: SimOptions['versions']) => SimOptions['versions'] = without('perKey', 'ratePerKey');
export const unlimited: (versions: SimOptions['versions']) => SimOptions['versions'] = without('keep', 'draws', 'rate', 'ratePerKey');
