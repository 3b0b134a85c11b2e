/** What was asked cannot be done, and the message says what can. The process ends with 2, as after a wrong option. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
}

/** The operating system's own word for a fault: "EACCES". */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
