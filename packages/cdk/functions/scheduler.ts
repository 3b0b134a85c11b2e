import { type Handler, type SchedulerAnswer, scheduler } from '@reeve/lambda';
import { setupWith } from './setup.ts';
import { withoutWorkers } from './without-workers.ts';

export const handler: Handler<SchedulerAnswer> = scheduler(setupWith(withoutWorkers));
