import { LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import type { Millis } from '@reeve/core';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { openConnections } from './connections.ts';

export interface OwnClientOptions {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: NonNullable<LambdaClientConfig['credentials']>;
  /** The most that stand at once. */
  readonly connections: number;
  readonly connectTimeout: Millis;
}

/** A client that tries once and keeps its connections. What is not given is found as the SDK finds it. */
export const ownClient = ({ region, endpoint, credentials, connections, connectTimeout }: OwnClientOptions): LambdaClient =>
  new LambdaClient({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(openConnections({ maxSockets: connections, connectTimeout })),
  });
