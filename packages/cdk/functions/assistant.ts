import { type AssistantAnswer, assistant, type Handler } from '@reeve/lambda';
import { setupWith } from './setup.ts';
import { withoutWorkers } from './without-workers.ts';

export const handler: Handler<AssistantAnswer> = assistant(setupWith(withoutWorkers));
