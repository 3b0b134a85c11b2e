import type { ReportTo } from '../api.ts';
import { faultOf } from './answer.ts';

export const toAssistant: ReportTo['assistant'] = (assistant) => ({
  send: (message) =>
    assistant.receive(message).catch((error: unknown) => {
      throw faultOf(String((error as Error)?.message), error);
    }),
});
