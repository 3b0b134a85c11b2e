import { type AssistantAnswer, assistant, type Handler } from '@reeve/lambda';
import { shop } from '../shop.ts';
import { logger } from './log.ts';

export const handler: Handler<AssistantAnswer> = assistant(shop, { logger, margin: 500 });
