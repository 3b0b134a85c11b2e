import { CloudWatchClient, type CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import { type Millis, ReeveError } from '@reeve/core';
import { REGION_REMEDY } from './remedies.ts';

/** The most calls under way at once. */
export const LANES = 4;

export interface OwnClientOptions {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: NonNullable<CloudWatchClientConfig['credentials']>;
  readonly requestTimeout: Millis;
}

/**
 * A client that tries once and keeps its connections: what failed is asked for again when it is due again, and repeated calls are
 * what CloudWatch throttles. What is not given is found as the SDK finds it.
 */
export const ownClient = ({ region, endpoint, credentials, requestTimeout }: OwnClientOptions): CloudWatchClient => {
  const agent = { keepAlive: true, maxSockets: LANES };
  return new CloudWatchClient({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    maxAttempts: 1,
    requestHandler: { httpAgent: agent, httpsAgent: agent, connectionTimeout: requestTimeout },
  });
};

/**
 * Looks whether a client knows its region, which no request can do without.
 * @throws ReeveError REGION_MISSING
 */
export const checkRegion = async ({ config }: CloudWatchClient): Promise<void> => {
  try {
    await config.region();
  } catch (cause) {
    const message = `the CloudWatch client has no AWS region; ${REGION_REMEDY}`;
    throw new ReeveError({ kind: 'config', code: 'REGION_MISSING', message, cause });
  }
};
