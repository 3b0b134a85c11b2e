import type { LambdaClient, LambdaClientConfig } from '@aws-sdk/client-lambda';
import { configFault, type Millis, type Problem } from '@reeve/core';

export interface LambdaInvokerOptions {
  /** A client of your own. It is never closed; its region, endpoint, credentials and connections are its own matter. Its retries are not used. */
  readonly client?: LambdaClient;
  /** Where the functions are. Default as the SDK finds it: AWS_REGION, or the profile. */
  readonly region?: string;
  /** For a Lambda other than Amazon's, such as testkit's: "http://127.0.0.1:40123". */
  readonly endpoint?: string;
  /** Default as the SDK finds them: the environment, the profile, the role. */
  readonly credentials?: NonNullable<LambdaClientConfig['credentials']>;
  /**
   * The most requests under way at once, of all labourers together; further ones wait their turn. Synchronous invocations, which last as
   * long as the function, are counted apart. Default 50, of each.
   */
  readonly parallelism?: number;
  /**
   * The longest until a connection stands, in milliseconds. After it the attempt is refused, since nothing was sent. Default 3000, or
   * half of `requestTimeout` if that is less.
   */
  readonly connectTimeout?: Millis;
  /**
   * The longest until a request is on its way, credentials included, and from then on until its answer, in milliseconds. After the
   * first the attempt is refused; after the second nobody knows what became of it. Default 10000. The answer of a synchronous
   * invocation may take as long as the labourer's lease.
   */
  readonly requestTimeout?: Millis;
  /** The longest result of a synchronous invocation, in bytes. Default 256 KiB. */
  readonly maxResultBytes?: number;
}

const NAMES = ['client', 'region', 'endpoint', 'credentials', 'parallelism', 'connectTimeout', 'requestTimeout', 'maxResultBytes'] as const;
const POSITIVE = ['parallelism', 'connectTimeout', 'requestTimeout', 'maxResultBytes'] as const;
const OF_OWN_CLIENT = ['region', 'endpoint', 'credentials', 'connectTimeout'] as const;

/** What Node can count to; it takes a longer wait for none at all. */
export const LONGEST_WAIT: Millis = 2 ** 31 - 1;

export interface Settings {
  readonly parallelism: number;
  readonly connectTimeout: Millis;
  readonly requestTimeout: Millis;
  readonly maxResultBytes: number;
}

export const settingsOf = (options: LambdaInvokerOptions): Settings => {
  const { parallelism = 50, requestTimeout = 10_000, connectTimeout = Math.min(3_000, requestTimeout / 2) } = options;
  return { parallelism, connectTimeout, requestTimeout, maxResultBytes: options.maxResultBytes ?? 256 * 1024 };
};

/** @throws ReeveError INVALID_LAMBDA_INVOKER that lists all that is wrong */
export const checkOptions = (options: LambdaInvokerOptions): void => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: `lambdaInvoker.${name}`, problem });
  for (const name of Object.keys(options)) {
    if (!NAMES.some((known) => known === name)) say(name, `is not an option; there are ${NAMES.join(', ')}`);
  }
  for (const name of POSITIVE) {
    const value = options[name];
    if (value !== undefined && !isWhole(value)) say(name, `must be a whole number from 1 to ${LONGEST_WAIT}, not ${shown(value)}`);
  }
  for (const name of OF_OWN_CLIENT) {
    if (options.client && options[name] !== undefined)
      say(name, 'is given beside a client; set it on that client, or leave the client out');
  }
  const { client, region, endpoint }: { readonly client?: unknown; readonly region?: unknown; readonly endpoint?: unknown } = options;
  if (client !== undefined && !isLambdaClient(client)) say('client', 'is no LambdaClient; give one of @aws-sdk/client-lambda');
  if (region !== undefined && !isRegion(region)) say('region', `is no region, but ${shown(region)}; give one like eu-west-1`);
  if (endpoint !== undefined && !isWebAddress(endpoint))
    say('endpoint', `is no URL, but ${shown(endpoint)}; give one like http://127.0.0.1:40123`);
  const { connectTimeout, requestTimeout } = settingsOf(options);
  // Or a request whose connection never stood would end in doubt.
  if (isWhole(options.connectTimeout) && isWhole(requestTimeout) && connectTimeout >= requestTimeout) {
    say('connectTimeout', `is ${connectTimeout}; it must be less than requestTimeout, which is ${requestTimeout}`);
  }
  if (problems.length > 0) throw configFault(problems, 'The Lambda invoker cannot work:', 'INVALID_LAMBDA_INVOKER');
};

/**
 * The region that the functions have to be in, as far as it is known before anything is asked. Somebody else's Lambda at an address
 * of its own takes ARNs of any region.
 */
export const regionAsked = ({ client, endpoint, region }: LambdaInvokerOptions, env: NodeJS.ProcessEnv): string | undefined => {
  const address = endpoint ?? env['AWS_ENDPOINT_URL_LAMBDA'] ?? env['AWS_ENDPOINT_URL'];
  return client || address !== undefined ? undefined : (region ?? env['AWS_REGION']);
};

const isWhole = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= LONGEST_WAIT;

/** By what it says of itself and not by class: a client of another copy of the SDK will do. */
const isLambdaClient = (client: unknown): boolean => (client as LambdaClient | null)?.config?.serviceId === 'Lambda';

const isRegion = (text: unknown): boolean => typeof text === 'string' && /^[a-z0-9-]+$/.test(text);

const isWebAddress = (text: unknown): boolean => typeof text === 'string' && /^https?:\/\//i.test(text) && URL.canParse(text);

const shown = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
};
