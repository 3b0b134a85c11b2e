import { createRequire } from 'node:module';
import { ReeveError } from '@reeve/core';

/**
 * Loads a client of the SDK on its first use, by a name that no bundler sees: who never uses it neither bundles nor loads it. In Lambda the runtime brings
 * the SDK along; elsewhere it has to be installed.
 * @throws ReeveError SDK_MISSING
 */
export const loadSdk = async <Sdk>(name: string, what: string): Promise<Sdk> => {
  try {
    return (await import(name)) as Sdk;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    // Imports of modules do not look where the runtime keeps its own copies (NODE_PATH); `require` does.
    return createRequire(import.meta.url)(name) as Sdk;
  } catch (error) {
    if (!isMissing(error)) throw error;
    const message = `${what} needs ${name}, which is not there; install it, or bundle it and give a client of it`;
    throw new ReeveError({ kind: 'config', code: 'SDK_MISSING', message, cause: error });
  }
};

const isMissing = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
};
