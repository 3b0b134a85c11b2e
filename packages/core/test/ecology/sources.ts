import {
  type Clock,
  defineLabourers,
  Events,
  type Json,
  type LabourerDefinitions,
  MetricEcology,
  type MetricSource,
  type Sample,
} from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { settle } from '../run/rig.ts';

export interface Asked {
  readonly queries: readonly Json[];
  readonly signal: AbortSignal;
}

/** A source as a test plays it. It remembers what it was asked. */
export const sourceOf = (
  name: string,
  read: (queries: readonly Json[], signal: AbortSignal) => readonly Sample[] | Promise<readonly Sample[]>,
  check: MetricSource['check'] = () => undefined,
): MetricSource & { readonly asked: Asked[] } => {
  const asked: Asked[] = [];
  return {
    name,
    asked,
    check,
    read: async (queries, signal) => {
      asked.push({ queries, signal });
      return read(queries, signal);
    },
  };
};

/** Every query of it has this value, measured now. */
export const steady = (name: string, clock: Clock, value: number) =>
  sourceOf(name, (queries) => queries.map(() => ({ kind: 'value', value, at: clock.now() })));

/** Labourers with metrics, and sources that play their part. */
export const ecologyOf = (labourers: LabourerDefinitions, sources: (clock: ManualClock) => readonly MetricSource[]) => {
  const clock = new ManualClock();
  const events = new Events();
  const failures: { readonly source: string; readonly queries: number; readonly error: unknown }[] = [];
  events.on('source.failed', (event) => void failures.push(event));
  const ecology = new MetricEcology({ sources: sources(clock), clock, events });
  const all = defineLabourers(labourers);
  const assessAll = () => Promise.all(all.map((each) => ecology.assess(each)));
  return {
    clock,
    failures,
    assessAll,
    /** The health of each labourer's metrics, while the time goes on by so much. */
    within: async (wait: number): Promise<readonly (readonly string[])[] | 'nothing'> => {
      const answers = assessAll();
      await settle();
      await clock.advance(wait);
      const given = await Promise.race([answers, settle().then(() => 'nothing' as const)]);
      return given === 'nothing'
        ? given
        : given.map((each) => each.map(({ health, reason, missing }) => `${health}${missing ? '?' : ''} ${reason}`));
    },
  };
};
