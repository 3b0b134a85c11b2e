import type { Clock, WakeUps } from '@reeve/core';
import { Client, type ClientConfig, type Pool } from 'pg';
import { ANSWER, CONNECT, type Settings } from '../options.ts';
import { Listener, silence } from './listener.ts';

/** Listens where the options say, else where the pool leads. A pool that does not tell its settings leads nowhere. */
export const listenerOf = (
  { listen, schema, pool: own }: Settings,
  given: Pool | undefined,
  clock: Clock,
): WakeUps & { close(): Promise<void> } => {
  const config = configOf(listen, given, own);
  return config ? new Listener(() => new Client({ ...config, query_timeout: ANSWER, keepAlive: true }), schema, clock) : silence;
};

const configOf = (listen: Settings['listen'], given: Pool | undefined, own: Settings['pool']): ClientConfig | undefined => {
  if (listen === false) return undefined;
  if (listen !== undefined) return { connectionString: listen, application_name: 'reeve listener', connectionTimeoutMillis: CONNECT };
  const settings = given ? (given as { readonly options?: ClientConfig }).options : own;
  // A pool hides its secrets from those who copy it.
  return (
    settings && {
      ...settings,
      ...(settings.password !== undefined && { password: settings.password }),
      ...(settings.ssl !== undefined && { ssl: settings.ssl }),
    }
  );
};
