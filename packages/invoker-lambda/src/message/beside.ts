import { type Lease, memberTexts } from '@reeve/core';

/** The one name that belongs to the attempt in this form; a payload's own member of that name does not get through. */
export const BESIDE_MEMBER = '_reeve';

/**
 * The payload as it was enqueued, and beside its members one more that names the attempt: for functions that know nothing of Reeve and
 * overlook what they do not know. It comes back in the record that Lambda sends to a destination.
 *
 * Whichever parser reads it, and whether that takes the first or the last of two members of a name, there is exactly one of this name:
 * names are compared as they are read, not as they are written. A payload that is no object is wrapped in one.
 */
export const beside = ({ labourer, id, token, attempt, deadline, payload }: Lease): string => {
  const own = `"${BESIDE_MEMBER}":${JSON.stringify({ labourer, id, token, attempt, deadline })}`;
  const members = memberTexts(payload);
  if (!members) return `{"payload":${payload.trim()},${own}}`;
  members.delete(BESIDE_MEMBER);
  return `{${[...Array.from(members.values(), ({ key, value }) => `${key}:${value}`), own].join(',')}}`;
};
