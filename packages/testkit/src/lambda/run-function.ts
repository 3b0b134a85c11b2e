/** An answer as a runtime of the user's own would write it: these bytes, be they JSON or not. A handler returns or throws it. */
export class LambdaAnswer {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** How a run ended. Both are texts: what a function answers, and what Lambda makes of an error. */
export interface LambdaResult {
  readonly text: string;
  /** What Lambda puts into the header X-Amz-Function-Error. Absent: the function succeeded. */
  readonly functionError?: 'Unhandled';
  /** What was thrown. */
  readonly error?: unknown;
}

/** Runs a function as its runtime would. Never rejects: an error is a result, too. */
export const runFunction = async (work: () => unknown): Promise<LambdaResult> => {
  try {
    const result = await work();
    return { text: result instanceof LambdaAnswer ? result.text : JSON.stringify(result ?? null) };
  } catch (error) {
    return { text: errorText(error), functionError: 'Unhandled', error };
  }
};

const errorText = (error: unknown): string => {
  if (error instanceof LambdaAnswer) return error.text;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return JSON.stringify({ errorType: name, errorMessage: message, trace: [] });
};
