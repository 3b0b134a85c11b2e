import type { Rule, Tree } from '../tree.ts';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly keywords?: readonly string[];
  readonly sideEffects?: unknown;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly publishConfig?: { readonly access?: string; readonly exports?: Readonly<Record<string, unknown>> };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const condition = '@reeve/source';
const exact = /^(?:\d+\.\d+\.\d+(?:-[\w.]+)?|catalog:|workspace:[*^~])$/;

/** What the exports become when the condition for our own tests is taken out. */
const withoutSource = (exports: Readonly<Record<string, unknown>> = {}): unknown =>
  JSON.parse(JSON.stringify(exports, (key, value: unknown) => (key === condition ? undefined : value)));

const everywhere = (manifest: Manifest, root: Manifest): readonly (readonly [boolean, string])[] => [
  [manifest.license === 'MIT', 'license must be MIT'],
  [manifest.type === 'module', 'type must be module: everything here is ESM'],
  [(manifest.description ?? '').length >= 10, 'description must say what it is'],
  [manifest.engines?.node === root.engines?.node, `engines.node must be ${root.engines?.node}, as in the root`],
  ...Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }).map(
    ([name, version]) => [exact.test(version), `${name}: "${version}" is no exact version, catalog: or workspace:`] as const,
  ),
];

const published = (manifest: Manifest, folder: string): readonly (readonly [boolean, string])[] => [
  [/^\d+\.\d+\.\d+/.test(manifest.version ?? ''), 'version must be stated'],
  [manifest.name === `@reeve/${folder}`, `name must be @reeve/${folder}, as its folder`],
  [(manifest.keywords ?? []).includes('reeve'), 'keywords must contain "reeve"'],
  [manifest.sideEffects !== undefined, 'sideEffects must be stated'],
  [manifest.publishConfig?.access === 'public', 'publishConfig.access must be public'],
  [(manifest.files ?? []).includes('dist'), 'files must contain dist'],
  [['README.md', 'LICENSE'].every((file) => (manifest.files ?? []).includes(file)), 'files must contain README.md and LICENSE'],
  [
    JSON.stringify(withoutSource(manifest.exports)) === JSON.stringify(manifest.publishConfig?.exports ?? {}),
    `publishConfig.exports must be exports without ${condition}`,
  ],
  [manifest.exports?.['./package.json'] === './package.json', 'exports must contain ./package.json'],
  [
    manifest.dependencies?.['@reeve/core'] === undefined,
    '@reeve/core must be a peer dependency: two copies of it would not know each other',
  ],
];

const parse = ({ read }: Tree, file: string): Manifest => JSON.parse(read(file));

/** Every manifest says what npm needs to know, and installs are repeatable. */
export const manifests: Rule = (tree) => {
  const root = parse(tree, 'package.json');
  const files = tree.files.filter((file) => /^(?:(?:packages|examples|tools)\/[^/]+|bench|chaos)\/package\.json$/.test(file));
  return ['package.json', ...files].flatMap((file) => {
    const manifest = parse(tree, file);
    const folder = /^packages\/([^/]+)\//.exec(file)?.[1];
    const checks = [...everywhere(manifest, root)];
    if (folder === undefined) checks.push([manifest.private === true, 'must be private: only packages/ are published']);
    else checks.push(...published(manifest, folder));
    return checks.filter(([holds]) => !holds).map(([, message]) => ({ rule: 'manifests', file, message }));
  });
};
