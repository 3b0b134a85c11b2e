/** Of Standard Webhooks: shorter keys can be guessed, and longer ones are a mistake. */
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;

const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const SECRET_REMEDY: string = `give ${PREFIX} and ${FEWEST_BYTES} to ${MOST_BYTES} random bytes in base64, such as those of: openssl rand -base64 32`;

/** What is wrong with a secret, without a character of it. */
export const secretProblem = (secret: unknown): string | undefined => {
  if (typeof secret !== 'string') return `is ${secret === undefined ? 'missing' : 'no text'}; ${SECRET_REMEDY}`;
  if (!secret.startsWith(PREFIX)) return `does not begin with ${PREFIX}; ${SECRET_REMEDY}`;
  const text = secret.slice(PREFIX.length);
  if (!BASE64.test(text)) return `is not in base64 after ${PREFIX}; ${SECRET_REMEDY}`;
  const { byteLength } = Buffer.from(text, 'base64');
  if (byteLength < FEWEST_BYTES || byteLength > MOST_BYTES) return `has ${byteLength} bytes; ${SECRET_REMEDY}`;
  return undefined;
};

/** @param secret one that `secretProblem` has nothing to say of */
export const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64');
