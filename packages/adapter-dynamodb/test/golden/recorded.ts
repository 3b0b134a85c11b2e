/** Rows and events that the real sosw 0.7.31 wrote, recorded from its tables. `T` is the instant of the recording, `D` its invocation delta. */
import { readFileSync } from 'node:fs';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { INVOCATION_DELTA } from '../../src/config/greenfield-tables.ts';

export type Row = Record<string, AttributeValue>;
export type TableName = 'sosw_tasks' | 'sosw_closed_tasks' | 'sosw_retry_tasks';

export interface Stage {
  readonly stage: string;
  /** Epoch seconds. */
  readonly now: number;
  readonly tables: Readonly<Record<TableName, readonly Row[]>>;
  readonly invocations?: { readonly invoked: readonly { readonly function: string; readonly payload: string }[] };
  readonly assists?: readonly { readonly task: string; readonly args: { readonly stats?: unknown; readonly result?: unknown } }[];
}

export interface Recording {
  /** Epoch seconds. */
  readonly T: number;
  readonly labourers: Readonly<Record<string, { readonly arn: string; readonly max_simultaneous_invocations: number }>>;
  readonly stages: readonly Stage[];
  stage(name: string): Stage;
}

/** @param scenario `retry`, `dead`, `typed` or `worker` */
export const recorded = (scenario: string): Recording => {
  const text = readFileSync(new URL(`recorded/${scenario}-0.7.31.json`, import.meta.url), 'utf8');
  const { T, labourers, stages: raw } = JSON.parse(text, (key, value: unknown) => (typeof value === 'string' ? resolve(key, value) : value)) as Recording;
  const stages = raw.map((each) => ({ ...each, now: Number(each.now) }));
  const stage = (name: string): Stage => {
    const found = stages.find((each) => each.stage === name);
    if (!found) throw new Error(`no stage ${name} in ${scenario}: ${stages.map((each) => each.stage).join(', ')}`);
    return found;
  };
  return { T, labourers, stages, stage };
};

const T = 1_795_420_800;
/** `T+D+60` is a number wherever a number stands: as an attribute's, and inside an event's text. */
const resolve = (key: string, text: string): string => {
  if (key === 'N' || key === 'now') return text.startsWith('T') ? number(text) : text === '<float>' ? '0.5' : text;
  return key === 'payload' ? text.replace(/(?<=": )T[+\dD.]*/g, number) : text;
};
const number = (text: string): string =>
  String(text.split('+').reduce((sum, part) => sum + (part === 'T' ? T : part === 'D' ? INVOCATION_DELTA : Number(part)), 0));

export const byId = (rows: readonly Row[]): ReadonlyMap<string, Row> => new Map(rows.map((row) => [row['task_id']?.S ?? '', row]));
