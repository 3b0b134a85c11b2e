import { configFault, type Millis, type Problem } from '@reeve/core';

export interface PrometheusEcologyOptions {
  /**
   * Where Prometheus is, or what speaks like it: "http://prometheus:9090", "https://mimir.example/prometheus". A name and password in it
   * are sent as basic authorization.
   */
  readonly url: string;
  /** By which metrics name it. Default "prometheus"; a second one needs another. */
  readonly name?: string;
  /** For each request, such as `{ authorization: 'Bearer ...' }`; or what makes them, asked each time. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>);
  /** In the place of Node's own: with a proxy, or certificates of yours. */
  readonly fetch?: typeof globalThis.fetch;
  /** The most requests under way at once. Default 8. */
  readonly parallelism?: number;
  /** The longest that one query may take, in milliseconds. After it its metric counts as failed. Default 3000: core waits four seconds. */
  readonly requestTimeout?: Millis;
}

const NAMES = ['url', 'name', 'headers', 'fetch', 'parallelism', 'requestTimeout'] as const;
const POSITIVE = ['parallelism', 'requestTimeout'] as const;

/** What Node can count to; it takes a longer wait for none at all. */
const MOST = 2 ** 31 - 1;

/** @throws ReeveError INVALID_PROMETHEUS_ECOLOGY that lists all that is wrong */
export const checkOptions = (options: PrometheusEcologyOptions): void => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: `prometheusEcology.${name}`, problem });
  const { url, name, headers, fetch, ...given }: Readonly<Record<string, unknown>> = { ...options };
  for (const each of Object.keys(options ?? {})) {
    if (!NAMES.some((known) => known === each)) say(each, `is not an option; there are ${NAMES.join(', ')}`);
  }
  for (const each of POSITIVE) {
    const value = given[each];
    if (value !== undefined && !isWhole(value)) say(each, `must be a whole number from 1 to ${MOST}, not ${shown(value)}`);
  }
  // Not shown: there may be a password in it.
  if (!isWebAddress(url)) say('url', 'is no address of the web; give one like http://prometheus:9090');
  else if (new URL(url).hash !== '') say('url', 'has a #, which is sent nowhere; take it away');
  if (name !== undefined && !(typeof name === 'string' && /^[\w.-]{1,64}$/.test(name))) {
    say('name', `is ${shown(name)}; give 1 to 64 letters, digits, "_", "." or "-"`);
  }
  if (fetch !== undefined && typeof fetch !== 'function') say('fetch', `is a ${typeof fetch}; give a function that does what fetch does`);
  if (headers !== undefined && typeof headers !== 'function' && !areHeaders(headers)) {
    say('headers', "are none; give an object like { authorization: 'Bearer ...' }, or a function that makes one");
  }
  if (isWebAddress(url) && new URL(url).username !== '' && areHeaders(headers) && new Headers(headers).has('authorization')) {
    say('headers', 'have an authorization, and the url has a name and password; leave one out');
  }
  if (problems.length > 0) throw configFault(problems, 'Prometheus cannot be read:', 'INVALID_PROMETHEUS_ECOLOGY');
};

const isWhole = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MOST;

const isWebAddress = (text: unknown): text is string => typeof text === 'string' && /^https?:\/\//i.test(text) && URL.canParse(text);

const areHeaders = (value: unknown): value is Readonly<Record<string, string>> => {
  if (typeof value !== 'object' || value === null || !Object.values(value).every((each) => typeof each === 'string')) return false;
  try {
    return new Headers(value as Readonly<Record<string, string>>) instanceof Headers;
  } catch {
    return false;
  }
};

const shown = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
};
