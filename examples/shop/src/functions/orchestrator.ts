import { type Handler, type OrchestratorAnswer, orchestrator } from '@reeve/lambda';
import { shop } from '../shop.ts';
import { pace } from './pace.ts';

export const handler: Handler<OrchestratorAnswer> = orchestrator(shop, pace);
