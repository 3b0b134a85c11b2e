// npm start. What it does is in run.ts, how Reeve is put together in compose.ts.
import { ReeveError } from '@reeve/core';
import { HELP, readOptions } from './options.ts';
import { Refusal } from './refusal.ts';
import { run } from './run.ts';
import { screenOf } from './show/screen.ts';
import { listenForStop } from './stop.ts';

const begin = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const stop = listenForStop();
  const isGood = await run(options, screenOf(process.stdout, process.env), stop.signal);
  return stop.exitCode ?? (isGood ? 0 : 1);
};

const explain = (error: unknown): number => {
  if (error instanceof Refusal) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  const text = ReeveError.is(error) ? `${error.message}\n${error.docs} says more` : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`\n${text}\n`);
  return ReeveError.is(error) && error.kind === 'config' ? 2 : 1;
};

process.exitCode = await begin().catch(explain);
