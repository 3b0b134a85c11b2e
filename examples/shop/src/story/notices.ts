// What the functions logged, in words: the same lines that CloudWatch Logs would have.
type Fields = Readonly<Record<string, unknown>>;

interface Line extends Fields {
  readonly level: string;
  readonly message: string;
}

/** By the name of the event. What is not here is not told. */
const WORDS: Readonly<Record<string, (line: Fields) => string>> = {
  'labourer.resized': ({ labourer, explanation }) => `${String(labourer)}: ${String(explanation).replace('resize:', 'cap')}`,
  'labourer.held': ({ labourer, reason }) => `${String(labourer)} is left alone for a while: ${String(reason)}`,
  'task.unknown': ({ id }) => `the answer to an invocation was lost; ${String(id)} is left to its lease`,
};

/** Told together, with how many there were. */
const COUNTED: Readonly<Record<string, string>> = {
  'attempt.expired': 'were not reported on within the lease',
  'task.retried': 'failed, and are to be tried again',
  'task.dead': 'dead',
};

/** Gathers lines of the log until somebody wants to know. */
export class Notices {
  readonly #texts = new Set<string>();
  readonly #counts = new Map<string, number>();

  readonly read = (text: string): void => {
    const line = JSON.parse(text) as Line;
    const { message } = line;
    const words = WORDS[message];
    if (words) this.#texts.add(words(line));
    const what = COUNTED[message];
    if (what !== undefined) this.#count(String(line['labourer']), what, line['error']);
    else if (message.endsWith('.failed')) this.#texts.add(`${message}: ${String(line['error'])}`);
  };

  /** All since the last time, each once. */
  take(): readonly string[] {
    const told = [...this.#texts, ...Array.from(this.#counts, ([text, count]) => `${count} of ${text}`)];
    this.#texts.clear();
    this.#counts.clear();
    return told;
  }

  /** By the name in front of the error: numbers and ids behind it would tell each from all others. */
  #count(labourer: string, what: string, error: unknown): void {
    const name = typeof error === 'string' ? `: ${error.replace(/^(\w+): .*$/s, '$1')}` : '';
    const text = `${labourer} ${what}${name}`;
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
  }
}
