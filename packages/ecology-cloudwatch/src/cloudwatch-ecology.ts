import { Chance, Clock, Lifecycle, MetricSource, systemChance, systemClock } from '@reeve/core';
import { ContainerModule } from 'inversify';
import { CloudwatchSource } from './cloudwatch-source.ts';
import type { CloudwatchEcologyOptions } from './options.ts';

/**
 * For `use`: lets labourers name metrics of CloudWatch.
 * @throws ReeveError INVALID_CLOUDWATCH_ECOLOGY when the composition is built
 */
export const cloudwatchEcology = (options: CloudwatchEcologyOptions = {}): ContainerModule =>
  new ContainerModule(({ bind }) => {
    // A name of its own: there may be one for each region.
    const own = Symbol('CloudWatch');
    bind(own)
      .toResolvedValue(
        (clock: Clock | undefined, chance: Chance | undefined) =>
          new CloudwatchSource({ ...options, clock: clock ?? systemClock, chance: chance ?? systemChance }),
        [
          { serviceIdentifier: Clock, optional: true },
          { serviceIdentifier: Chance, optional: true },
        ],
      )
      .inSingletonScope();
    bind(MetricSource).toService(own);
    bind(Lifecycle).toService(own);
  });
