import { parseArgs } from 'node:util';
import { Refusal } from './refusal.ts';

export interface Options {
  /** The folder that keeps tasks and records. Absent: a new one that is removed when all is done. */
  readonly data?: string;
  /** Where to write the report as JSON. */
  readonly report?: string;
  /** Where the packages lie. Absent: the nearest node_modules upward from this example. */
  readonly packages?: string;
  /** What the simulated storage takes to answer, in milliseconds. */
  readonly latency: number;
  readonly exit: boolean;
  readonly help: boolean;
}

export const HELP = `Inspects the packages installed on this machine, each one a task, 8 at a time, on an embedded store.

  npm start                                all with its defaults
  npm start -- [options]                   options come after the two dashes

  --data DIR       keep tasks and records in this folder; started again with it, the run goes on where it was,
                   also after kill -9. Default: a new folder, removed when all is done
  --report FILE    write what came out as JSON
  --packages DIR   a node_modules folder to inspect. Default: the one that this example runs on
  --latency MS     what the simulated storage takes to answer, 0 to 60000. Default 150
  --exit           end when every task has ended. It does so anyway; this says it
  --help           this text

It ends with 0 when every task was completed, 1 when one was not, 2 when it could not begin, 130 after Ctrl-C.
`;

const OPTIONS = {
  data: { type: 'string' },
  report: { type: 'string' },
  packages: { type: 'string' },
  latency: { type: 'string', default: '150' },
  exit: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false, short: 'h' },
} as const;

const SEE_HELP = 'npm start -- --help lists the options';

/**
 * What the arguments ask for.
 * @throws Refusal that names the argument and says what would be right
 */
export const readOptions = (args: readonly string[]): Options => {
  const { values, positionals, tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) if (token.kind === 'option') check(token);
  if (positionals.length > 0) {
    // npm keeps options for itself that stand before the two dashes, and hands on their values alone.
    throw new Refusal(`${positionals[0]}: nothing is expected here; options come after two dashes, as in npm start -- --data DIR`);
  }
  const text = (name: 'data' | 'report' | 'packages'): object => (typeof values[name] === 'string' ? { [name]: values[name] } : {});
  return {
    ...text('data'),
    ...text('report'),
    ...text('packages'),
    latency: latencyOf(String(values.latency)),
    exit: values.exit === true,
    help: values.help === true,
  };
};

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

const check = ({ name, rawName, value, inlineValue }: OptionToken): void => {
  if (!Object.hasOwn(OPTIONS, name)) throw new Refusal(`${rawName}: there is no such option; ${SEE_HELP}`);
  const { type } = OPTIONS[name as keyof typeof OPTIONS];
  if (type === 'boolean' && value !== undefined) throw new Refusal(`${rawName}: it takes no value; ${SEE_HELP}`);
  if (type === 'boolean') return;
  // `--data --exit` forgot the folder; whose folder is called --exit writes --data=--exit.
  const isForgotten = value === undefined || value === '' || (value.startsWith('-') && inlineValue !== true);
  if (isForgotten) throw new Refusal(`${rawName}: its value is missing; ${SEE_HELP}`);
};

const latencyOf = (text: string): number => {
  const latency = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (latency <= 60_000) return latency;
  throw new Refusal(`--latency: ${text} is no length of time; give milliseconds, 0 to 60000`);
};
