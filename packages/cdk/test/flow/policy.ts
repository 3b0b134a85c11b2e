/** As much of IAM as the policies here use: named actions on named resources, and everything else denied. */
import { type Statement, statementsOf, type Template } from '../fixtures/template.ts';
import type { Resolver } from './resolve.ts';

export interface Request {
  readonly action: string;
  readonly resource: string;
}

export interface Allowed extends Request {
  readonly role: string;
}

/** What each role may do, as pairs. */
export const allowedBy = (template: Template, { text }: Resolver): readonly Allowed[] =>
  statementsOf(template).flatMap(({ role, actions, resources }: Statement) =>
    actions.flatMap((action) => resources.map((resource) => ({ role, action, resource: text(resource) }))),
  );

export const isAllowed = (all: readonly Allowed[], role: string, { action, resource }: Request): boolean =>
  all.some((each) => each.role === role && each.action === action && each.resource === resource);
