import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Packages import each other's sources through this export condition, so that a test never runs a stale build.
// Not "import" and "default", which Vite knows by itself: they would reach Node's own require as well, and pg would get the wrong half of pg-pool.
const conditions = ['@reeve/source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'tools/*/test/**/*.test.ts',
      '{bench,chaos}/test/**/*.test.ts',
    ],
    // Most files wait for servers and processes: on two cores the default is one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
