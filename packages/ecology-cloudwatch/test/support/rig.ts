import type { Json, Sample } from '@reeve/core';
import { CloudwatchSource, type CloudwatchSourceOptions } from '@reeve/ecology-cloudwatch';
import {
  type CloudwatchEndpoint,
  type CloudwatchEndpointOptions,
  CountingChance,
  ManualClock,
  startCloudwatchEndpoint,
} from '@reeve/testkit';
import { onTestFinished } from 'vitest';

/** Half a minute into a minute. */
export const NOW = 1_795_420_830_000;
export const MINUTE_BEGAN = 1_795_420_800_000;
export const MINUTE = 60_000;

export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
export const PLACE = { region: 'us-east-1', credentials: CREDENTIALS };
/** For a machine that has much else to do. */
export const PATIENT = { requestTimeout: 30_000 };

export interface Rig {
  readonly endpoint: CloudwatchEndpoint;
  readonly clock: ManualClock;
  readonly source: CloudwatchSource;
  /** Reads with a signal that nobody aborts. */
  readonly read: (...queries: readonly Json[]) => Promise<readonly Sample[]>;
}

/** A source with the real SDK, and a CloudWatch of this machine. */
export const openRig = async (endpointOptions: CloudwatchEndpointOptions = {}, options: CloudwatchSourceOptions = {}): Promise<Rig> => {
  const clock = new ManualClock(NOW);
  const endpoint = await startCloudwatchEndpoint({ clock, ...endpointOptions });
  const source = new CloudwatchSource({ ...PLACE, ...PATIENT, endpoint: endpoint.url, clock, chance: new CountingChance(), ...options });
  onTestFinished(async () => {
    await source.close();
    await endpoint.close();
  });
  const read = (...queries: readonly Json[]) => source.read(queries, new AbortController().signal);
  return { endpoint, clock, source, read };
};

export const CPU = { namespace: 'AWS/RDS', metric: 'CPUUtilization', dimensions: { DBInstanceIdentifier: 'orders' } };

/** What a sample that failed says. */
export const saidBy = (sample: Sample | undefined): string =>
  sample?.kind === 'failed' ? String((sample.error as Error).message) : `${sample?.kind}`;
