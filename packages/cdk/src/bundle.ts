/** How handlers are bundled: the one place that says it to esbuild. */
export interface BundleOptions {
  readonly entryPoints?: string[];
  readonly stdin?: { readonly contents: string; readonly resolveDir: string; readonly sourcefile: string; readonly loader: 'ts' };
  readonly outdir: string;
  readonly entryNames: 'index';
  readonly chunkNames: string;
  readonly outExtension: { '.js': '.mjs' };
  readonly splitting: true;
  readonly bundle: true;
  readonly minify: true;
  readonly platform: 'node';
  readonly format: 'esm';
  readonly target: 'node20';
  readonly mainFields: string[];
  readonly conditions: string[];
  readonly external: string[];
  readonly banner: { readonly js: string };
  readonly legalComments: 'none';
  readonly logLevel: 'warning';
}

export type BundleRequest = Pick<BundleOptions, 'outdir'> &
  Partial<Pick<BundleOptions, 'entryPoints' | 'stdin'>> & {
    /** What the runtime has already, such as `@aws-sdk/*`. */
    readonly external?: readonly string[];
    /** By which conditions packages are resolved, beside the usual ones. */
    readonly conditions?: readonly string[];
  };

// What is left of CommonJS in a bundle asks for Node's own modules by `require`, which an ES module does not have.
const REQUIRE = "import{createRequire as __reeve}from'node:module';const require=__reeve(import.meta.url);";

/** Where the SDK looks for credentials when the environment has none. In Lambda it has: they are those of the function's role. */
const ELSEWHERE = ['ini', 'login', 'process', 'sso', 'web-identity'].map((each) => `@aws-sdk/credential-provider-${each}`);

/**
 * An `index.mjs`, and beside it what is loaded only when it is needed: whatever is imported so would otherwise lose its tree shaking, and would be
 * loaded at each start. `module` comes before `main`, so that of the AWS SDK only what is used gets in.
 */
export const bundleOptions = ({ external = [], conditions = [], ...where }: BundleRequest): BundleOptions => ({
  ...where,
  external: [...ELSEWHERE, ...external],
  conditions: ['module', ...conditions],
  entryNames: 'index',
  chunkNames: '[name]-[hash]',
  outExtension: { '.js': '.mjs' },
  splitting: true,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  banner: { js: REQUIRE },
  legalComments: 'none',
  logLevel: 'warning',
});
