// npm run chaos comes here: see options.ts for what it takes.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Options, optionsOf, USAGE } from './options.ts';
import { summaryOf } from './report/summary.ts';
import { runChaos } from './run.ts';

const main = async (options: Options): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-chaos-'));
  chmodSync(folder, 0o755); // a server may run as another user
  // However we end, by Ctrl-C as well.
  process.once('exit', () => options.keep || rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  if (options.keep) console.log(`data and logs are in ${folder}`);
  const outcome = await runChaos(options, folder, (text) => console.log(text));
  console.log(`\n${summaryOf(outcome)}`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(outcome, null, 2)}\n`);
  return outcome.findings.problems.length === 0 ? 0 : 1;
};

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
let options: Options | undefined;
try {
  options = optionsOf(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}
if (options) process.exit(await main(options));
