import { type Clock, type EpochMs, type Millis, SECOND, systemClock } from '@reeve/core';
import { loadSdk } from '../../aws/sdk.ts';
import type { ConfigSource } from '../piece.ts';
import { invalidConfig, readJson } from '../read-text.ts';

/** As much of `AppConfigData` of @aws-sdk/client-appconfigdata as is used. */
export interface AppConfigClient {
  startConfigurationSession(input: {
    ApplicationIdentifier: string;
    EnvironmentIdentifier: string;
    ConfigurationProfileIdentifier: string;
  }): Promise<{ readonly InitialConfigurationToken?: string | undefined }>;
  getLatestConfiguration(input: {
    ConfigurationToken: string;
  }): Promise<{
    readonly NextPollConfigurationToken?: string | undefined;
    readonly NextPollIntervalInSeconds?: number | undefined;
    readonly Configuration?: Uint8Array | undefined;
  }>;
}

export interface AppConfigOptions {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
  /** Default: an `AppConfigData` of the runtime's own SDK. Given, the agent is not asked. */
  readonly client?: AppConfigClient;
  /** Where AppConfig's agent listens, which is there as an extension of Lambda. Default `http://localhost:2772`, or as AWS_APPCONFIG_EXTENSION_HTTP_PORT says. */
  readonly agent?: string;
  /** Default the system's. */
  readonly clock?: Clock;
}

/** How long the agent may take: it is in the same machine, and may have to fetch what it has not. */
const AGENT_PATIENCE: Millis = 5 * SECOND;

/** A hosted configuration of AWS AppConfig, in JSON: by its agent where there is one, and else by a session of its own. */
export const fromAppConfig = (options: AppConfigOptions): ConfigSource => {
  const { application, environment, profile, client } = options;
  const name = `AppConfig ${[application, environment, profile].join('/')}`;
  const session = new Session(options);
  return {
    kind: 'appconfig',
    name,
    read: async () => {
      const text = (client === undefined ? await askAgent(options) : undefined) ?? (await session.read());
      if (text.trim() === '') throw invalidConfig(`${name} has no configuration; deploy one`);
      return [{ path: [], value: readJson(text, name), from: name }];
    },
  };
};

/** @returns undefined if no agent listens there */
const askAgent = async ({ application, environment, profile, agent = agentHere() }: AppConfigOptions): Promise<string | undefined> => {
  const [app, env, own] = [application, environment, profile].map(encodeURIComponent);
  const url = `${agent}/applications/${app}/environments/${env}/configurations/${own}`;
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(AGENT_PATIENCE) });
  } catch (error) {
    if (isNobodyThere(error)) return undefined;
    throw invalidConfig(`The agent of AppConfig at ${agent} did not answer; see its log`, error);
  }
  if (!response.ok) throw invalidConfig(`The agent of AppConfig answered ${response.status} to ${url}; see its log`);
  return response.text();
};

const agentHere = (): string => `http://localhost:${process.env['AWS_APPCONFIG_EXTENSION_HTTP_PORT'] ?? '2772'}`;

/** `localhost` may be two addresses, of which each is refused by itself. */
const isNobodyThere = (error: unknown): boolean => {
  const { cause } = error as { readonly cause?: { readonly code?: unknown; readonly errors?: readonly { readonly code?: unknown }[] } };
  return cause?.code === 'ECONNREFUSED' || cause?.errors?.some(({ code }) => code === 'ECONNREFUSED') === true;
};

/** AppConfig says of an unchanged configuration that it has not changed, and when it may be asked again. */
class Session {
  readonly #options: AppConfigOptions;
  readonly #clock: Clock;
  #client: AppConfigClient | undefined;
  #token: string | undefined;
  #text = '';
  #askedNext: EpochMs = 0;

  constructor(options: AppConfigOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#clock = options.clock ?? systemClock;
  }

  async read(): Promise<string> {
    if (this.#token !== undefined && this.#clock.now() < this.#askedNext) return this.#text;
    const token = this.#token;
    try {
      await this.#ask(token ?? (await this.#begin()));
    } catch (error) {
      if (token === undefined) throw error;
      // A session ends after a day, and each of its tokens is good for one answer, which may have been lost.
      this.#token = undefined;
      await this.#ask(await this.#begin());
    }
    return this.#text;
  }

  async #begin(): Promise<string> {
    const { application, environment, profile } = this.#options;
    this.#client ??= await ownClient();
    const { InitialConfigurationToken: token } = await this.#client.startConfigurationSession({
      ApplicationIdentifier: application,
      EnvironmentIdentifier: environment,
      ConfigurationProfileIdentifier: profile,
    });
    this.#text = '';
    return token ?? '';
  }

  async #ask(token: string): Promise<void> {
    this.#client ??= await ownClient();
    const answer = await this.#client.getLatestConfiguration({ ConfigurationToken: token });
    this.#token = answer.NextPollConfigurationToken;
    this.#askedNext = this.#clock.now() + (answer.NextPollIntervalInSeconds ?? 60) * SECOND;
    // Without a byte: it is as it was.
    if (answer.Configuration && answer.Configuration.length > 0) this.#text = Buffer.from(answer.Configuration).toString('utf8');
  }
}

const ownClient = async (): Promise<AppConfigClient> => {
  const { AppConfigData } = await loadSdk<{ readonly AppConfigData: new (config: object) => AppConfigClient }>(
    '@aws-sdk/client-appconfigdata',
    'fromAppConfig',
  );
  return new AppConfigData({});
};
