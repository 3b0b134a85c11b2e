import { ReportRefused } from '../errors.ts';

/** An object, whatever the text is. */
export const parse = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
};

/**
 * A fault of Reeve has its code at the end of its text. Where the message or a setting is at fault, to repeat it would bring the same;
 * all else may pass.
 */
export const faultOf = (message: string, cause?: unknown): Error => {
  const code = /\[((?:PAYLOAD|INVALID|UNKNOWN|PART)_[A-Z_]+)\]$/.exec(message)?.[1];
  return code ? new ReportRefused(message, code, { cause }) : new Error(message, { cause });
};

/** The other side says that it is not to be asked in this way, and did not say so for want of time. */
export const isNo = (status: number): boolean => status >= 300 && status < 500 && ![408, 425, 429].includes(status);
