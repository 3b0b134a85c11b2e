import type { CloudWatchClient, CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import { type Chance, type Clock, configFault, type Millis, type Problem } from '@reeve/core';

export interface CloudwatchEcologyOptions {
  /** By which metrics name it. Default "cloudwatch"; a second one, for another region, needs another. */
  readonly name?: string;
  /** A client of your own. It is never closed; its region, endpoint, credentials, connections and retries are its own matter. */
  readonly client?: CloudWatchClient;
  /** Where the metrics are. Default as the SDK finds it: AWS_REGION, or the profile. */
  readonly region?: string;
  /** For a CloudWatch other than Amazon's, such as testkit's: "http://127.0.0.1:40123". */
  readonly endpoint?: string;
  /** Default as the SDK finds them: the environment, the profile, the role. */
  readonly credentials?: NonNullable<CloudWatchClientConfig['credentials']>;
  /** The longest that one request may take, credentials included, in milliseconds. After it its metrics count as failed. Default 3000: core waits four seconds. */
  readonly requestTimeout?: Millis;
}

export interface CloudwatchSourceOptions extends CloudwatchEcologyOptions {
  /** Default the system's. */
  readonly clock?: Clock;
  /** Default the system's. */
  readonly chance?: Chance;
}

const NAMES = ['name', 'client', 'region', 'endpoint', 'credentials', 'requestTimeout', 'clock', 'chance'] as const;
const OF_OWN_CLIENT = ['region', 'endpoint', 'credentials'] as const;

/** What Node can count to; it takes a longer wait for none at all. */
const MOST = 2 ** 31 - 1;

/** @throws ReeveError INVALID_CLOUDWATCH_ECOLOGY that lists all that is wrong */
export const checkOptions = (options: CloudwatchSourceOptions): void => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: `cloudwatchEcology.${name}`, problem });
  for (const name of Object.keys(options)) {
    if (!NAMES.some((known) => known === name)) say(name, `is not an option; there are ${NAMES.join(', ')}`);
  }
  const { name, client, region, endpoint, requestTimeout }: Readonly<Record<string, unknown>> = { ...options };
  if (name !== undefined && !(typeof name === 'string' && /^[\w.-]{1,64}$/.test(name))) {
    say('name', `is ${shown(name)}; give 1 to 64 letters, digits, "_", "." or "-"`);
  }
  if (requestTimeout !== undefined && !(Number.isInteger(requestTimeout) && Number(requestTimeout) > 0 && Number(requestTimeout) <= MOST)) {
    say('requestTimeout', `must be a whole number from 1 to ${MOST}, not ${shown(requestTimeout)}`);
  }
  for (const each of OF_OWN_CLIENT) {
    if (client && options[each] !== undefined) say(each, 'is given beside a client; set it on that client, or leave the client out');
  }
  if (client !== undefined && !isCloudWatchClient(client)) say('client', 'is no CloudWatchClient; give one of @aws-sdk/client-cloudwatch');
  if (region !== undefined && !(typeof region === 'string' && /^[a-z0-9-]+$/.test(region))) {
    say('region', `is no region, but ${shown(region)}; give one like eu-west-1`);
  }
  if (endpoint !== undefined && !(typeof endpoint === 'string' && /^https?:\/\//i.test(endpoint) && URL.canParse(endpoint))) {
    say('endpoint', `is no URL, but ${shown(endpoint)}; give one like http://127.0.0.1:40123`);
  }
  if (problems.length > 0) throw configFault(problems, 'CloudWatch cannot be read:', 'INVALID_CLOUDWATCH_ECOLOGY');
};

/** By what it says of itself and not by class: a client of another copy of the SDK will do. */
const isCloudWatchClient = (client: unknown): boolean => (client as CloudWatchClient | null)?.config?.serviceId === 'CloudWatch';

const shown = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
};
