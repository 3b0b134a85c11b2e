/** The members of a configuration. */
export const TOP_LEVEL: readonly string[] = [
  'labourers',
  'resources',
  'metrics',
  'maxPayloadBytes',
  'maxResultBytes',
  'cancelCheckEvery',
  'jobs',
  'schedules',
  'store',
  'invoker',
  'ecology',
  'alarms',
  'lambda',
];
