import { type Handler, type ScavengerAnswer, scavenger } from '@reeve/lambda';
import { setupWith } from './setup.ts';
import { withoutWorkers } from './without-workers.ts';

export const handler: Handler<ScavengerAnswer> = scavenger(setupWith(withoutWorkers));
