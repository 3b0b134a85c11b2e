import { MINUTE, type Millis } from '@reeve/core';
import { type LoadConfigOptions, type LoadedConfig, loadConfig } from './load-config.ts';
import type { ConfigSource } from './piece.ts';
import { invalidConfig } from './read-text.ts';
import { fromAppConfig } from './sources/appconfig.ts';
import { fromEnv } from './sources/env.ts';
import { fromFile } from './sources/file.ts';
import { fromSoswConfig } from './sources/sosw.ts';
import { fromSsm } from './sources/ssm.ts';

export interface ConfiguredOptions extends Partial<LoadConfigOptions> {
  /** An invocation that comes so long after the last reading reads anew. Default 5 minutes. */
  readonly maxAge?: Millis;
}

/** A configuration that is read by its sources, on the first invocation and again when it is old. */
export interface Configured {
  readonly kind: 'configured';
  readonly maxAge: Millis;
  read(): Promise<LoadedConfig>;
}

/** For a handler: all that it serves comes from these sources. Default: those that the environment names (`sourcesInEnv`). */
export const configured = ({ maxAge = 5 * MINUTE, sources, ...options }: ConfiguredOptions = {}): Configured => {
  // Not with each reading: a source may remember what it read.
  let own = sources;
  return {
    kind: 'configured',
    maxAge,
    read: async () => {
      own ??= sourcesInEnv();
      return loadConfig({ ...options, sources: own });
    },
  };
};

/**
 * The environment itself, and what it points to: `REEVE_CONFIG_FILE`, `REEVE_SSM_PATH`, `REEVE_APPCONFIG` (application/environment/profile), and
 * sosw's table if `REEVE_SOSW_FUNCTION` names the function whose configuration it is (`REEVE_SOSW_TABLE` and `REEVE_SOSW_ENV` the rest).
 * @throws ReeveError INVALID_CONFIG
 */
export const sourcesInEnv = (env: Readonly<Record<string, string | undefined>> = process.env): readonly ConfigSource[] => {
  const {
    REEVE_CONFIG_FILE: file,
    REEVE_SSM_PATH: path,
    REEVE_APPCONFIG: appConfig,
    REEVE_SOSW_FUNCTION: functionName,
    REEVE_SOSW_TABLE: table,
    REEVE_SOSW_ENV: soswEnv,
  } = env;
  return [
    ...(file ? [fromFile(file)] : []),
    ...(functionName ? [fromSoswConfig({ functionName, ...(table && { table }), ...(soswEnv && { env: soswEnv }) })] : []),
    ...(appConfig ? [fromAppConfig(appConfigOf(appConfig))] : []),
    ...(path ? [fromSsm({ path })] : []),
    fromEnv({ env }),
  ];
};

const appConfigOf = (text: string): Parameters<typeof fromAppConfig>[0] => {
  const [application = '', environment = '', profile = '', ...others] = text.split('/');
  if (application === '' || environment === '' || profile === '' || others.length > 0)
    throw invalidConfig('REEVE_APPCONFIG does not name a configuration; give application/environment/profile');
  return { application, environment, profile };
};
