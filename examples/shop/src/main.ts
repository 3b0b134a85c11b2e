// node dist/main.js: the story is in story/story.ts, the shop in shop.ts and functions/.
import { ReeveError } from '@reeve/core';
import { HELP, Refusal, readOptions } from './options.ts';

const begin = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { run } = await import('./run.ts'); // with all of the AWS SDK, which whoever asks for help need not wait for
  const stop = new AbortController();
  let stopped: number | undefined;
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(name, () => {
      stopped = code;
      stop.abort();
    });
  }
  try {
    return (await run(options, (line) => void process.stdout.write(`${line}\n`), stop.signal)) ? 0 : 1;
  } catch (error) {
    if (stopped === undefined) throw error;
    process.exit(stopped); // the functions that run would go on to the end of what they do
  }
};

const explain = (error: unknown): number => {
  if (error instanceof Refusal) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  process.stderr.write(
    `${ReeveError.is(error) ? `${error.message}\n${error.docs} says more` : error instanceof Error ? error.stack : String(error)}\n`,
  );
  return ReeveError.is(error) && error.kind === 'config' ? 2 : 1;
};

process.exitCode = await begin().catch(explain);
