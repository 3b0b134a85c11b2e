import { ReeveError } from '../errors.ts';

/** Parts that a composition may do without, until something is asked for that takes one. */
export type OptionalPart = 'Operator' | 'Outbox' | 'Register';

/**
 * @param call what takes the part: "cancel"
 * @throws ReeveError PART_MISSING
 */
export const needed = <Part>(part: Part | undefined, name: OptionalPart, call: string): Part => {
  if (part !== undefined) return part;
  throw new ReeveError({
    kind: 'config',
    code: 'PART_MISSING',
    message: `${call}: nothing in this composition provides ${name}; take a store that does, such as memoryStore(), or bind ${name} to the one you have`,
  });
};
