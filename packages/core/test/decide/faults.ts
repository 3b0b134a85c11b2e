import assert from 'node:assert/strict';
import { type FaultKind, ReeveError } from '@reeve/core';

/** The fault that an act must end in, for a closer look. */
export const faultOf = (act: () => unknown, kind: FaultKind, code: string): ReeveError => {
  try {
    act();
  } catch (error) {
    assert.ok(ReeveError.is(error, code), `threw ${String(error)} and not a fault ${code}`);
    assert.equal(error.kind, kind);
    return error;
  }
  return assert.fail(`no fault ${code}`);
};
