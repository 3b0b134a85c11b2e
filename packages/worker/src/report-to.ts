import type { ReportChannel, ReportTo } from './api.ts';
import { toAssistant } from './channels/to-assistant.ts';
import { toHttp } from './channels/to-http.ts';
import { toLambda } from './channels/to-lambda.ts';

/** The ways to the Assistant. */
export const reportTo: ReportTo = { lambda: toLambda, http: toHttp, assistant: toAssistant };

/** What the environment says. */
export const channelOf = (env: Readonly<Record<string, string | undefined>>): ReportChannel | undefined => {
  const [functionName, url, secret = ''] = [env['REEVE_ASSISTANT'], env['REEVE_REPORT_URL'], env['REEVE_SECRET']];
  if (functionName) return toLambda({ functionName });
  return url ? toHttp({ url, secret }) : undefined;
};
