import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type ExtractorMessage } from '@microsoft/api-extractor';
import { type Package, packagesOf } from '../packages.ts';

/** What one entry of a package offers, as text that is reviewed with every change. */
export interface ApiReport {
  /** File name in api/: `core.md`, or `testkit.kits.md` for the entry `./kits`. */
  readonly file: string;
  readonly text: string;
  readonly problems: readonly string[];
}

const quiet = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false };

// The extractor brings a TypeScript of its own, older than the one that built these declarations; both read them alike.
const compilerOptions = {
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  target: 'ES2023',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
};

const configure = ({ folder }: Package, types: string, name: string, work: string): ExtractorConfig => {
  const mainEntryPointFilePath = join(folder, types);
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath,
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions, files: [mainEntryPointFilePath] } },
      apiReport: { enabled: true, reportFileName: name, reportFolder: work, reportTempFolder: join(work, 'temp') },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
        extractorMessageReporting: { default: quiet },
        tsdocMessageReporting: { default: quiet },
      },
    },
  });
};

/** Our exports carry no release tags, so each would be called public; and the tool's greeting says nothing about the package. */
const tidy = (text: string, title: string): string =>
  text
    .replace(/^## API Report File for .*\n\n> .*\n/, `# ${title}\n\nMade from the declarations by \`node tools/api-report.mjs --write\`.\n`)
    .replace(/^( *)\/\/ @public\n/gm, '')
    .replace(/^( *)\/\/ @public \(undocumented\)\n/gm, '$1// (undocumented)\n');

const makeReport = (pack: Package, entry: string, types: string, work: string): ApiReport => {
  const name = entry === '.' ? pack.short : `${pack.short}.${entry.slice(2).replaceAll('/', '.')}`;
  mkdirSync(join(work, 'temp'), { recursive: true });
  const problems: string[] = [];
  const messageCallback = (message: ExtractorMessage): void => {
    if (message.category === 'Compiler' && message.messageId.startsWith('TS')) problems.push(`${pack.name}: ${message.text}`);
    message.handled = true;
  };
  Extractor.invoke(configure(pack, types, name, work), { localBuild: true, messageCallback });
  const text = readFileSync(join(work, `${name}.api.md`), 'utf8');
  return { file: `${name}.md`, text: tidy(text, entry === '.' ? pack.name : `${pack.name}${entry.slice(1)}`), problems };
};

/** Reports of everything that the packages under a root export, from the declarations of their build. `work` is a folder to write in. */
export const makeReports = (root: string, work: string): readonly ApiReport[] =>
  packagesOf(root).flatMap((pack) => pack.entries.map(({ entry, types }) => makeReport(pack, entry, types, work)));
