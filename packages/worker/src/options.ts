import type { WorkerOptions } from './api.ts';
import { keyOf } from './channels/sign.ts';
import { system } from './system.ts';

export type Settings = Required<Omit<WorkerOptions, 'reportTo' | 'secret'>>;

const DEFAULTS: Settings = {
  ...system,
  gate: true,
  heartbeats: true,
  margin: 3_000,
  timeout: 10_000,
  maxResultBytes: 256 * 1024,
  retryTooLarge: false,
  answerWithin: 0,
  onLost: (error) => console.error('reeve: a report was lost, and the lease runs out:', error),
};

/** @throws TypeError that names the option */
export const settingsOf = ({ reportTo, secret: _secret, ...options }: WorkerOptions): Settings => {
  const settings: Record<string, unknown> = { ...DEFAULTS };
  const fail = (name: string, problem: string): never => {
    throw new TypeError(`worker: ${name}: ${problem}`);
  };
  if (reportTo && typeof reportTo.send !== 'function') fail('reportTo', 'is no channel; give one of reportTo');
  for (const [name, value] of Object.entries(options)) {
    const usual = settings[name];
    if (usual === undefined) fail(name, `is no option; there are reportTo, secret, ${Object.keys(DEFAULTS).join(', ')}`);
    if (value === undefined) continue;
    if (typeof value !== typeof usual || Number(value) < 0 || Number.isNaN(value))
      fail(name, `${typeof value === 'number' ? value : typeof value} does not do; give a ${typeof usual}, 0 or more`);
    settings[name] = value;
  }
  return settings as unknown as Settings;
};

/** @throws TypeError that has nothing of a secret */
export const keysOf = (secret: WorkerOptions['secret']): readonly Buffer[] => [secret ?? []].flat().map(keyOf);
