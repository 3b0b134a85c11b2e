import { type Handler, type SchedulerAnswer, scheduler } from '@reeve/lambda';
import { shop } from '../shop.ts';
import { logger } from './log.ts';
import { pace } from './pace.ts';

export const handler: Handler<SchedulerAnswer> = scheduler(shop, { logger, margin: pace.margin, runFor: pace.runFor });
