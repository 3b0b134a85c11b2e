// Here a minute lasts a second, so that a person may watch. A shop of your own leaves these settings out.
import type { OrchestratorOptions } from '@reeve/lambda';
import { logger } from './log.ts';

export const pace: OrchestratorOptions & { readonly runFor: number; readonly margin: number } = {
  runFor: 900,
  pollEvery: 120,
  pollAtMost: 250,
  margin: 500,
  logger,
};
