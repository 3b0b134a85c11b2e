import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A Ctrl-C reaches a process more than once where npm and the terminal both send it. Presses of a person are further apart. */
const ONE_PRESS = 500;

export interface Stop {
  /** Aborts at the first word. */
  readonly signal: AbortSignal;
  /** As shells count it: 130 after Ctrl-C. Undefined if nobody stopped it. */
  readonly exitCode: number | undefined;
}

/** Listens for whatever asks this process to end. The first word stops it gracefully, the second at once: the store takes no harm. */
export const listenForStop = (): Stop => {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let first = Number.NEGATIVE_INFINITY;
  const stop = (code: number): void => {
    if (exitCode === undefined) {
      exitCode = code;
      first = performance.now();
      controller.abort();
    } else if (performance.now() - first > ONE_PRESS) process.exit(code);
  };
  for (const signal of SIGNALS) process.on(signal, () => stop(128 + constants.signals[signal]));
  // tools/start.mjs holds this channel: it closes when nobody is left to watch.
  process.on('disconnect', () => stop(128 + constants.signals.SIGHUP));
  process.channel?.unref();
  // Whoever read along has gone (`npm start | head`): writing on would fail again and again.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop(128 + constants.signals.SIGPIPE));
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
};
