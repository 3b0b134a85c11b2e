/** What went wrong between us and Redis, in words that say what to do. */
import { boundText, type FaultKind, ReeveError } from '@reeve/core';

interface Known {
  readonly sign: RegExp;
  readonly kind: FaultKind;
  readonly code: string;
  readonly say: (said: string) => string;
}

/** In the words of Redis and Valkey. A script's error holds them somewhere in its text; a plain command's begins with them. */
const ANSWERS: readonly Known[] = [
  {
    sign: /\bOOM command not allowed/,
    kind: 'unavailable',
    code: 'STORE_FULL',
    say: () => 'Redis has no room left (maxmemory); raise it, or keep fewer ended tasks (keepHistory, keepEnded)',
  },
  {
    sign: /\bREADONLY\b/,
    kind: 'unavailable',
    code: 'STORE_READ_ONLY',
    say: () => 'this Redis is a replica and takes no writes; connect to the primary',
  },
  {
    sign: /\bMISCONF\b/,
    kind: 'unavailable',
    code: 'STORE_READ_ONLY',
    say: (said) => `Redis takes no writes while it cannot save to its disk (${said}); see to its disk`,
  },
  {
    sign: /\b(NOAUTH|WRONGPASS|NOPERM)\b|invalid (username-)?password|max number of clients|Client sent AUTH/i,
    kind: 'config',
    code: 'STORE_DENIED',
    say: (said) => `Redis refused (${said}); mend user and password, or allow the commands, keys and channels of the prefix`,
  },
  {
    sign: /\bWRONGTYPE\b/,
    kind: 'config',
    code: 'STORE_KEY_FOREIGN',
    say: () => 'a key under the prefix belongs to another program; give Reeve a prefix of its own',
  },
  {
    sign: /\bNOREPLICAS\b/,
    kind: 'unavailable',
    code: 'STORE_NOT_REPLICATED',
    say: () => 'Redis has fewer replicas than min-replicas-to-write; nothing was written',
  },
  {
    sign: /^(LOADING|BUSY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|MOVED|ASK)\b/,
    kind: 'unavailable',
    code: 'STORE_UNREACHABLE',
    say: (said) => `Redis does not serve now (${said}); try again`,
  },
];

/** What Node and ioredis say when no answer comes from the other end. */
const NO_ANSWER =
  /Connection is closed|Command aborted|Command timed out|Socket timeout|max retries per request|Failed to refresh slots|Cluster.*(ended|closed)|None of startup nodes|Stream isn't writeable|Connection ended|\bE(CONN\w+|PIPE|TIMEDOUT|HOST\w+|NET\w+|AI_\w+)\b|ENOTFOUND|getaddrinfo|certificate|SSL/i;

/**
 * @param where what was asked, for the message: "enqueue"
 * @param cause what the connection itself said, where the client's own error does not repeat it
 */
export const redisFault = (error: unknown, where: string, cause?: Error): unknown => {
  if (!(error instanceof Error) || ReeveError.is(error)) return error;
  const said = [error, ...causesOf(error), ...(cause ? [cause] : [])].map(({ message }) => message);
  for (const { sign, kind, code, say } of ANSWERS) {
    const line = said.find((each) => sign.test(each));
    if (line !== undefined) return new ReeveError({ kind, code, message: `${where}: ${say(boundText(line, 200))}`, cause: error });
  }
  if (said.some((each) => NO_ANSWER.test(each)))
    return new ReeveError({
      kind: 'unavailable',
      code: 'STORE_UNREACHABLE',
      message: `${where}: Redis did not answer (${boundText(said.at(-1) ?? '', 200)}); look at the address, the network and the server, and try again`,
      cause: error,
    });
  if (error.name !== 'ReplyError') return error;
  const message = `${where}: Redis answered ${boundText(error.message, 300)}`;
  return new ReeveError({ kind: 'unavailable', code: 'STORE_FAILED', message, cause: error });
};

/** A cluster's error carries that of the last server it asked. */
const causesOf = (error: Error): readonly Error[] => {
  const { lastNodeError, previousErrors } = error as { readonly lastNodeError?: unknown; readonly previousErrors?: unknown };
  return [lastNodeError, ...(Array.isArray(previousErrors) ? (previousErrors as readonly unknown[]) : [])].filter(
    (each): each is Error => each instanceof Error,
  );
};
