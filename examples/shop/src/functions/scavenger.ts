import { type Handler, type ScavengerAnswer, scavenger } from '@reeve/lambda';
import { shop } from '../shop.ts';
import { logger } from './log.ts';

export const handler: Handler<ScavengerAnswer> = scavenger(shop, { logger, margin: 500 });
