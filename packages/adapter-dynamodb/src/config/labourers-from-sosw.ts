import { configFault, type LabourerDefinition, type Problem, SECOND } from '@reeve/core';
import { type Settings, settings, soswShape } from './sosw-shape.ts';

/** The Orchestrator's `default_simultaneous_invocations`, for labourers that name no number. */
const DEFAULT_INVOCATIONS = 2;

/**
 * sosw's `labourers` as definitions for `createReeve`, which checks their values: caps, attempts, `duration` and `cooldown` (in
 * seconds there), the Orchestrator's coefficients of health, retries after the attempt's duration times the attempts so far.
 * Workers are sent sosw's own message. `health_metrics` stand in `options.healthMetrics` for an ecology to read.
 * @param config `TASK_CLIENT_CONFIG` or `ORCHESTRATOR_CONFIG`, as an object or as JSON text
 * @throws ReeveError INVALID_LABOURERS if there is something else where sosw has its labourers
 */
export const labourersFromSosw = (config: object | string): Readonly<Record<string, LabourerDefinition>> => {
  const problems: Problem[] = [];
  const { whole, client, clientPath } = soswShape(config, problems);
  const path = `${clientPath}labourers`;
  const labourers = Object.entries(settings(client['labourers'], path, problems)).map(
    ([id, own]) => [id, definition(id, settings(own, `${path}.${id}`, problems), client, whole)] as const,
  );
  if (problems.length > 0) throw configFault(problems, "sosw's labourers cannot be used:");
  return Object.fromEntries(labourers);
};

const definition = (id: string, own: Settings, client: Settings, whole: Settings): LabourerDefinition => {
  const given = {
    target: own['arn'],
    maxSimultaneousInvocations: own['max_simultaneous_invocations'] ?? whole['default_simultaneous_invocations'] ?? DEFAULT_INVOCATIONS,
    lease: present({ duration: inMillis(own['duration']), cooldown: inMillis(own['cooldown']) }),
    maxAttempts: client[`max_attempts_${id}`] ?? client['max_attempts'],
    retry: { kind: 'linear' },
    health: present({ coefficients: whole['invocation_number_coefficient'] }),
    options: present({ message: 'sosw', healthMetrics: own['health_metrics'] }),
  };
  return present(given) as unknown as LabourerDefinition; // whose values, whatever they are, defineLabourers checks
};

const present = (values: Settings): Settings => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const inMillis = (seconds: unknown): unknown => (typeof seconds === 'number' ? seconds * SECOND : seconds);
