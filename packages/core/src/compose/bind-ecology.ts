import type { ContainerModuleLoadOptions, ServiceIdentifier } from 'inversify';
import type { EcologyProvider } from '../ports/ecology-provider.ts';
import { AdaptiveEcology } from '../run/adaptive-ecology.ts';
import { Events } from '../run/events.ts';
import { MetricEcology } from '../run/metric-ecology.ts';
import { OutcomeBook } from '../run/outcome-book.ts';
import { OutcomeSource } from '../run/outcome-source.ts';
import { optional } from './bind-operators.ts';
import { Chance, Clock, Labourers, MetricSource, Register, TaskReader } from './tokens.ts';

/** What core itself provides of ecology, beside the parts of a composition. */
export interface OwnEcology {
  readonly providers: readonly EcologyProvider[];
}
export const OwnEcology: ServiceIdentifier<OwnEcology> = Symbol("core's own ecology");

/** Metrics of other systems, and what labourers' own attempts come to. Where no labourer asks for a part of it, that part is not there to pay for. */
export const bindEcology = (bind: ContainerModuleLoadOptions['bind']): void => {
  bind(OutcomeBook)
    .toResolvedValue(
      (labourers: Labourers, [register]: Register[], reader: TaskReader, clock: Clock, chance: Chance, events: Events) =>
        new OutcomeBook({ labourers, register, reader, clock, chance, events }),
      [Labourers, optional(Register), TaskReader, Clock, Chance, Events],
    )
    .inSingletonScope();
  bind(MetricSource)
    .toResolvedValue((book: OutcomeBook) => new OutcomeSource(book), [OutcomeBook])
    .inSingletonScope();
  bind(OwnEcology)
    .toResolvedValue(
      (labourers: Labourers, sources: MetricSource[], book: OutcomeBook, clock: Clock, events: Events): OwnEcology => ({
        providers: [
          ...(labourers.some(({ health }) => health.metrics) ? [new MetricEcology({ sources, clock, events })] : []),
          ...(labourers.some(({ health }) => health.adaptive || health.breaker) ? [new AdaptiveEcology({ book, clock, events })] : []),
        ],
      }),
      [Labourers, { serviceIdentifier: MetricSource, isMultiple: true }, OutcomeBook, Clock, Events],
    )
    .inSingletonScope();
};
