import {
  type Clock,
  type Delivery,
  type InvokeContext,
  type Invoker,
  isJsonText,
  type Labourer,
  type Lease,
  type Lifecycle,
  type Problem,
  systemClock,
} from '@reeve/core';
import { call, type Ending } from './client/call.ts';
import { type Connections, openConnections } from './client/connections.ts';
import { keepRenewing } from './client/renewal.ts';
import { AddressGuard } from './guard/address-guard.ts';
import { guardedLookup, systemResolve } from './guard/guarded-lookup.ts';
import { type HostPattern, readHost } from './guard/hosts.ts';
import { type Bounds, readTarget } from './guard/read-target.ts';
import { checkLabourer } from './labourer/check-labourer.ts';
import { type LabourerSettings, settingsOf } from './labourer/labourer-settings.ts';
import { envelope } from './message/envelope.ts';
import { headersOf } from './message/headers.ts';
import { checkOptions, DEFAULTS, type HttpInvokerOptions } from './options.ts';
import { failed, judge } from './outcome/judge.ts';
import { Keyring } from './signature/keyring.ts';

/**
 * Hands attempts to HTTP endpoints: one signed POST for each. An endpoint that is done within the request answers with its result,
 * one that reports later answers 202.
 */
export class HttpInvoker implements Invoker, Lifecycle {
  readonly parallelism: number;
  readonly #options: HttpInvokerOptions;
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  readonly #keys: Keyring;
  readonly #bounds: Bounds;
  readonly #connections: Connections;
  readonly #routes = new WeakMap<Labourer, Route>();

  /** @throws ReeveError INVALID_HTTP_INVOKER */
  constructor(options: HttpInvokerOptions) {
    checkOptions(options);
    const { secrets, allow, allowHttp = [], allowPrivate = [], tls = {}, resolve = systemResolve, clock = systemClock } = options;
    this.parallelism = options.parallelism ?? DEFAULTS.parallelism;
    this.#options = options;
    this.#clock = clock;
    this.#keys = new Keyring(secrets);
    const addresses = new AddressGuard(allowPrivate);
    this.#bounds = { addresses, allowHttp: patterns(allowHttp), ...(allow && { allow: patterns(allow) }) };
    this.#connections = openConnections(guardedLookup(resolve, addresses), tls);
  }

  check(labourer: Labourer): readonly Problem[] {
    return checkLabourer(labourer, this.#bounds, this.#keys);
  }

  /** Closes the connections. May be called twice. */
  async close(): Promise<void> {
    this.#connections.http.destroy();
    this.#connections.https.destroy();
  }

  /** @throws ReeveError INVOKE_UNKNOWN: the worker may have begun */
  async invoke(labourer: Labourer, lease: Lease, context: InvokeContext): Promise<Delivery> {
    const route = this.#routeTo(labourer);
    if (typeof route === 'string') return { kind: 'refused', reason: route };
    // The payload becomes a part of a larger text. One that is not well formed could end its own part and forge the rest.
    if (!isJsonText(lease.payload)) return failed('the payload is not JSON, so no request was made of it');
    const ending = await this.#send(route, { labourer, lease, context });
    return judge(ending, {
      labourer: labourer.id,
      host: route.url.host,
      maxResponseBytes: route.settings.maxResponseBytes,
      now: this.#clock.now(),
    });
  }

  /** @returns a text that says why there is none */
  #routeTo(labourer: Labourer): Route | string {
    const known = this.#routes.get(labourer);
    if (known) return known;
    const url = readTarget(labourer.target, this.#bounds);
    if (typeof url === 'string') return `labourers.${labourer.id}.target ${url}`;
    const keys = this.#keys.of(labourer.id);
    if (keys.length === 0) return `there is no secret for ${labourer.id} in httpInvoker({ secrets })`;
    const route = { url, keys, settings: settingsOf(labourer, this.#options) };
    this.#routes.set(labourer, route);
    return route;
  }

  async #send({ url, keys, settings: { renew, ...limits } }: Route, { labourer, lease, context }: Sending): Promise<Ending> {
    const body = Buffer.from(envelope(lease));
    const headers = headersOf({ lease, body, keys, now: this.#clock.now(), reportTo: this.#options.reportTo });
    const parts = { url, headers, body, connections: this.#connections, ...limits };
    if (!renew) return call({ ...parts, signal: context.signal });

    const [over, lost] = [new AbortController(), new AbortController()];
    const onHandedOver = (): void => {
      void keepRenewing(labourer, context, this.#clock, over.signal, () => lost.abort(new Error('the lease was lost')));
    };
    try {
      return await call({ ...parts, signal: AbortSignal.any([context.signal, lost.signal]), onHandedOver });
    } finally {
      over.abort();
    }
  }
}

/** What does not change from attempt to attempt of a labourer. */
interface Route {
  readonly url: URL;
  readonly keys: readonly Buffer[];
  readonly settings: LabourerSettings;
}

interface Sending {
  readonly labourer: Labourer;
  readonly lease: Lease;
  readonly context: InvokeContext;
}

/** @param hosts without problems */
const patterns = (hosts: readonly string[]): readonly HostPattern[] =>
  hosts.map(readHost).filter((each): each is HostPattern => typeof each !== 'string');
