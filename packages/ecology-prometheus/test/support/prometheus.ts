import { type StartPrometheusOptions, startPrometheus } from '@reeve/test-servers';
import { afterAll, beforeAll } from 'vitest';

/** One Prometheus for all tests of a file. Their series have names of their own. */
export const onePrometheus = (options: StartPrometheusOptions = {}): { readonly url: string } => {
  let server: Awaited<ReturnType<typeof startPrometheus>> | undefined;
  beforeAll(async () => {
    server = await startPrometheus(options);
  }, 180_000); // the first time it is fetched
  afterAll(() => server?.stop());
  return {
    get url() {
      return server?.url ?? '';
    },
  };
};
