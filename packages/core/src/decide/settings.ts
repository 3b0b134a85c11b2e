import type { LabourerSettings, Settings } from '../domain/settings.ts';
import { ReeveError } from '../errors.ts';
import { boundText } from './bound-text.ts';

/** @returns the settings with those of one labourer changed; none of it is left where nothing is set */
export const withSettings = (all: Settings, labourer: string, change: (own: LabourerSettings) => LabourerSettings): Settings => {
  const { [labourer]: own = {}, ...others } = all;
  const changed = change(own);
  return Object.keys(changed).length === 0 ? others : { ...others, [labourer]: changed };
};

/** The labourers that are set otherwise than before. */
export const changedSettings = (before: Settings, after: Settings): ReadonlySet<string> =>
  new Set([...Object.keys(before), ...Object.keys(after)].filter((each) => JSON.stringify(before[each]) !== JSON.stringify(after[each])));

/** @throws ReeveError INVALID_SETTING */
export const checkCap = (cap: unknown): number => {
  if (typeof cap === 'number' && Number.isInteger(cap) && cap >= 1 && cap <= 1_000_000) return cap;
  const given = typeof cap === 'number' ? String(cap) : typeof cap;
  throw invalid(`cap: ${given} is no cap; give a whole number from 1 to 1000000, null to take it back, or pause the labourer`);
};

/** @throws ReeveError INVALID_SETTING */
export const checkReason = (reason: unknown): string | undefined => {
  if (reason === undefined) return undefined;
  if (typeof reason === 'string' && reason.length > 0) return boundText(reason, 200);
  throw invalid(`reason: ${typeof reason === 'string' ? 'the text is empty' : `${typeof reason} is no text`}; give one, or leave it out`);
};

const invalid = (message: string): ReeveError => new ReeveError({ kind: 'input', code: 'INVALID_SETTING', message });
