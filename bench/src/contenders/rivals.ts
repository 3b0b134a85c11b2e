import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

// The same place from src/ and from dist/. Their packages are not of this workspace: `npm run bench` installs them there.
const folder = new URL('../../rivals/', import.meta.url);
const modules = createRequire(new URL('package.json', folder));

/** Whether they are installed. */
export const rivalsAreHere = (): boolean => existsSync(new URL('node_modules/bullmq/package.json', folder));

/**
 * A rival's module. Its types are written down by hand where it is used, so that this workspace is checked without it.
 * @throws if it is not installed
 */
export const loadRival = async <Module>(name: string): Promise<Module> =>
  (await import(pathToFileURL(modules.resolve(name)).href)) as Module;

/** "6.7.0" */
export const versionOfRival = (name: string): string => {
  const { version } = modules(fileURLToPath(new URL(`node_modules/${name}/package.json`, folder))) as { readonly version: string };
  return version;
};
