import type { FieldNames } from '@reeve/adapter-dynamodb';
import type { Row } from '../dynamodb/reads.ts';
import { isObject } from '../options.ts';

/**
 * - `object`  the text of a JSON object, as sosw needs it
 * - `json`    other JSON, on which sosw's Orchestrator ends in an error once it has marked the task; Reeve starts it
 * - `repr`    as Python prints a dict: sosw's closed rows; Reeve reads it
 * - `broken`  none of these, or no text at all
 */
export type PayloadKind = 'object' | 'json' | 'repr' | 'broken';

export const payloadKind = (text: string | undefined): PayloadKind => {
  if (text === undefined) return 'broken';
  try {
    return isObject(JSON.parse(text)) ? 'object' : 'json';
  } catch {
    const trimmed = text.trim();
    return trimmed.startsWith('{') && trimmed.endsWith('}') ? 'repr' : 'broken';
  }
};

/** Why a claim would set this row aside. The problem names the attribute and its type, never what is in it. `undefined`: it would not. */
export const problemOf = (row: Row, fields: FieldNames): string | undefined => {
  const payload = row[fields.payload];
  if (payload?.S === undefined) return `${fields.payload}: ${typeOf(row, fields.payload)} where S is expected`;
  if (row[fields.created_at]?.N === undefined) return `${fields.created_at}: ${typeOf(row, fields.created_at)} where N is expected`;
  if (row[fields.attempts] !== undefined && row[fields.attempts]?.N === undefined)
    return `${fields.attempts}: ${typeOf(row, fields.attempts)} where N is expected`;
  return payloadKind(payload.S) === 'broken' ? `${fields.payload}: ${payload.S.length} characters that are no JSON` : undefined;
};

const typeOf = (row: Row, name: string): string => Object.keys(row[name] ?? {})[0] ?? 'nothing';

export const numberOf = (row: Row, name: string): number => Number(row[name]?.N ?? Number.NaN);

/** Written, or moved, by Reeve. */
export const isReeves = (row: Row): boolean => Object.keys(row).some((each) => each.startsWith('reeve_'));

/** Made and never started, though it stands where what has been started does: its greenfield was counted up past the present. */
export const isLost = (row: Row, fields: FieldNames): boolean => !isReeves(row) && !(numberOf(row, fields.attempts) > 0);
