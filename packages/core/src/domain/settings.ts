import type { EpochMs } from './time.ts';

/** What was set for a labourer while the system runs. It stands above what any deployment defines, until it is taken back. */
export interface LabourerSettings {
  /** No attempt is started; what runs goes on. */
  readonly paused?: { readonly since: EpochMs; readonly reason?: string };
  /** Instead of the defined cap. */
  readonly cap?: number;
}

/** By labourer; one without settings is not there. */
export type Settings = Readonly<Record<string, LabourerSettings>>;
