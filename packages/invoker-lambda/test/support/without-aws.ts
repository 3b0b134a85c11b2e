import type { VitestUtils } from 'vitest';

/** Hides from the SDK whatever this machine has for it: environment, files, metadata service. */
export const withoutAws = (vi: VitestUtils): void => {
  for (const name of Object.keys(process.env)) if (/^AWS_(?!SDK_)/.test(name)) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', new URL('nowhere', import.meta.url).pathname);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', new URL('nowhere', import.meta.url).pathname);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
};
