import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDbModuleOptions } from '../options.ts';
import { WaryHandler } from './wary-handler.ts';

/** Tries of one request, with the SDK's own waits between them: they grow, with full jitter. Every write of ours may be repeated. */
const ATTEMPTS = 8;
const SOCKETS = 64;
const CONNECT = 2_000;
/** All tries together end before core gives up on a store that does not answer, after a minute. */
const REQUEST = 5_000;

/** A client that keeps its connections and is patient with throttling. What is not given is found as the SDK finds it. */
export const ownClient = ({ region, endpoint, credentials }: DynamoDbModuleOptions): DynamoDBClient =>
  new DynamoDBClient({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && { credentials }),
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: new WaryHandler({
      maxSockets: SOCKETS,
      connectionTimeout: CONNECT,
      requestTimeout: REQUEST,
      throwOnRequestTimeout: true, // else it is only complained of, and a connection that is half open hangs for ever
    }),
  });
