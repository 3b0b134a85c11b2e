import { type FaultKind, ReeveError } from '@reeve/core';

interface Fault {
  readonly kind: FaultKind;
  readonly code: string;
  readonly problem: string;
}

const PERMISSIONS = 'give this user the right to write it and its folder';

/** By SQLite's primary result code: https://www.sqlite.org/rescode.html */
const FAULTS: Readonly<Record<number, Fault>> = {
  5: { kind: 'unavailable', code: 'STORE_BUSY', problem: 'another process kept it locked; look for one that holds a transaction open' },
  8: { kind: 'config', code: 'STORE_READ_ONLY', problem: `it cannot be written; ${PERMISSIONS}` },
  11: { kind: 'contract', code: 'STORE_FILE_DAMAGED', problem: 'its content is damaged; restore it from a copy' },
  13: { kind: 'unavailable', code: 'STORE_FULL', problem: 'there is no room left for it; make room on its disk' },
  14: { kind: 'config', code: 'STORE_FILE_UNUSABLE', problem: `it cannot be opened; see that its folder exists and ${PERMISSIONS}` },
  19: { kind: 'input', code: 'STORE_REFUSED', problem: 'a value does not fit its column' },
  20: {
    kind: 'input',
    code: 'STORE_REFUSED',
    problem: 'a value is not of the type that is needed, such as a limit that is no whole number',
  },
  26: { kind: 'config', code: 'STORE_FILE_FOREIGN', problem: 'it is no SQLite database, or an encrypted one; give another path' },
};

const UNKNOWN: Fault = { kind: 'unavailable', code: 'STORE_FAILED', problem: 'it could not be read or written' };

/** What a client says before it has a result code, when the file cannot even be opened. */
const NOT_OPENED = /unable to open|ConnectionFailed/i;

/** The primary result code of what a client threw, if it came from SQLite. The low byte of an extended code is the primary one. */
const resultCode = (error: unknown): number | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { rawCode } = error as { readonly rawCode?: unknown };
  if (typeof rawCode === 'number') return rawCode & 0xff;
  return NOT_OPENED.test(error.message) ? 14 : undefined;
};

export const isBusy = (error: unknown): boolean => resultCode(error) === 5;

/** The fault to throw for what a client threw, naming the file and the remedy. */
export const storeFault = (error: unknown, file: string): ReeveError => {
  if (ReeveError.is(error)) return error;
  const { kind, code, problem } = FAULTS[resultCode(error) ?? -1] ?? UNKNOWN;
  const said = error instanceof Error ? error.message.slice(0, 200) : typeof error;
  return new ReeveError({ kind, code, message: `${file}: ${problem} (SQLite: ${said})`, cause: error });
};
