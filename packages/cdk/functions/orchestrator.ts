import { type Handler, type OrchestratorAnswer, orchestrator } from '@reeve/lambda';
import { setupWith } from './setup.ts';

export const handler: Handler<OrchestratorAnswer> = orchestrator(setupWith({}));
