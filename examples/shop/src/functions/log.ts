// What the functions log. On Lambda it goes to stdout, and from there to CloudWatch Logs; here to whoever reads along.
import { jsonLogger, type Logger } from '@reeve/lambda';

type Reader = (line: string) => void;
let reader: Reader | undefined;

export const readLogs = (read: Reader): void => {
  reader = read;
};

export const logger: Logger = jsonLogger({ level: 'info', write: (line) => reader?.(line) });
