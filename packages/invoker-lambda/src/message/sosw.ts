import { type Lease, type MemberText, memberTexts } from '@reeve/core';

/** The names that belong to the attempt in sosw's form; a payload's own members of these names do not get through. */
export const SOSW_MEMBERS: readonly string[] = ['task_id', 'labourer_id', 'created_at', 'greenfield', 'attempts'];

/**
 * The event that sosw's Orchestrator sends: the payload's members on the top level, and the task's among them, which win. Written
 * as Python's `json.dumps` writes it, so that it is the same byte for byte. As in a Python dict, a member of the task that the payload
 * has as well stands where the payload had it, so there is exactly one of it, whichever parser reads it.
 *
 * sosw counts attempts before the increment, and `created_at` in seconds. What the store does not keep is made up from the lease;
 * `greenfield`, which only sosw's tables know, is then left out, and the payload's member of that name with it.
 */
export const soswMessage = (lease: Lease): string => {
  const members: Map<string, MemberText> = memberTexts(lease.payload) ?? new Map([['payload', memberOf('payload', lease.payload.trim())]]);
  const own = ownMembers(lease);
  for (const name of SOSW_MEMBERS) if (!own.has(name)) members.delete(name);
  for (const [name, value] of own) members.set(name, memberOf(name, value));
  return `{${Array.from(members.values(), ({ key, value }) => `${key}: ${value}`).join(', ')}}`;
};

const ownMembers = ({ id, labourer, createdAt, attempt, members = {} }: Lease): ReadonlyMap<string, string> => {
  const stored = new Map<string, string>(Object.entries(members));
  const own = new Map<string, string>([
    ['task_id', asciiJson(id)],
    ['labourer_id', asciiJson(labourer)],
    ['created_at', stored.get('created_at') ?? String(createdAt / 1_000)],
  ]);
  const greenfield = stored.get('greenfield');
  if (greenfield !== undefined) own.set('greenfield', greenfield);
  own.set('attempts', stored.get('attempts') ?? String(attempt - 1));
  for (const [name, value] of stored) if (!own.has(name)) own.set(name, value);
  return own;
};

const memberOf = (name: string, value: string): MemberText => ({ key: asciiJson(name), value });

/** Python's `json.dumps` escapes all but the printable part of ASCII. */
const asciiJson = (text: string): string =>
  JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
