import { configFault, type LabourerDefinition, type Problem, SECOND } from '@reeve/core';
import { metricDefaults, metricsFromSosw } from './metrics-from-sosw.ts';
import { type Settings, settings, soswShape } from './sosw-shape.ts';

/** The TaskManager's `max_simultaneous_invocations`. The Orchestrator has a `default_simultaneous_invocations`, which sosw reads nowhere. */
const DEFAULT_INVOCATIONS = 1;

/**
 * sosw's `labourers` as definitions for `createReeve`, which checks their values: caps, attempts, `duration` and `cooldown` (in
 * seconds there), the Orchestrator's coefficients of health, retries after the attempt's duration times the attempts so far.
 * Workers are sent sosw's own message. `health_metrics` are metrics of their health, as they stand: where there are any, the composition
 * needs a source `cloudwatch`, such as `cloudwatchEcology()` of @reeve/ecology-cloudwatch.
 * @param config `TASK_CLIENT_CONFIG` or `ORCHESTRATOR_CONFIG`, as an object or as JSON text. Labourers, caps and attempts that stand beside
 *   `task_config` count too, and what is within wins.
 * @throws ReeveError INVALID_LABOURERS if there is something else where sosw has its labourers
 */
export const labourersFromSosw = (config: object | string): Readonly<Record<string, LabourerDefinition>> => {
  const problems: Problem[] = [];
  const { whole, client, pathOf } = soswShape(config, problems);
  const defaults = metricDefaults(client, pathOf, problems);
  const labourers = Object.entries(settings(client['labourers'], pathOf('labourers'), problems)).map(([id, value]) => {
    const own = settings(value, pathOf('labourers', id), problems);
    const metrics = metricsFromSosw(own['health_metrics'], pathOf('labourers', id, 'health_metrics'), defaults, problems);
    return [id, definition(id, own, metrics, client, whole)] as const;
  });
  if (problems.length > 0) throw configFault(problems, "sosw's labourers cannot be used:");
  return Object.fromEntries(labourers);
};

const definition = (id: string, own: Settings, metrics: Settings | undefined, client: Settings, whole: Settings): LabourerDefinition => {
  const given = {
    target: own['arn'],
    maxSimultaneousInvocations: own['max_simultaneous_invocations'] ?? client['max_simultaneous_invocations'] ?? DEFAULT_INVOCATIONS,
    lease: present({ duration: inMillis(own['duration']), cooldown: inMillis(own['cooldown']) }),
    maxAttempts: client[`max_attempts_${id}`] ?? client['max_attempts'],
    retry: { kind: 'linear' },
    health: present({ coefficients: whole['invocation_number_coefficient'], metrics }),
    options: { message: 'sosw' },
  };
  return present(given) as unknown as LabourerDefinition; // whose values, whatever they are, defineLabourers checks
};

const present = (values: Settings): Settings => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const inMillis = (seconds: unknown): unknown => (typeof seconds === 'number' ? seconds * SECOND : seconds);
