import { randomUUID } from 'node:crypto';
import { type EpochMs, isJsonText } from '@reeve/core';
import type { LambdaResult } from './run-function.ts';
import type { LambdaCall, LambdaDestination } from './types.ts';

export interface EventEnd {
  readonly call: LambdaCall;
  /** With version or alias. */
  readonly functionArn: string;
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
  /** How many runs there were. */
  readonly runs: number;
  /** Of the last run. Absent: there was none. */
  readonly result?: LambdaResult;
  readonly at: EpochMs;
}

/**
 * The record of an asynchronous invocation, after the example in "Capturing records of Lambda asynchronous invocations". Request and
 * response are the texts that they were. What stands in a record of an event that never ran is not documented; here nothing does.
 */
const destinationRecord = ({ call, functionArn, condition, runs, result, at }: EventEnd): string => {
  const requestContext = { requestId: call.requestId, functionArn, condition, approximateInvokeCount: runs };
  const head = `{"version":"1.0","timestamp":"${new Date(at).toISOString()}","requestContext":${JSON.stringify(requestContext)}`;
  const request = `"requestPayload":${call.text === '' ? '{}' : call.text}`;
  if (!result) return `${head},${request}}`;
  const { text, functionError } = result;
  const responseContext = {
    statusCode: 200,
    executedVersion: call.qualifier ?? '$LATEST',
    ...(functionError !== undefined && { functionError }),
  };
  return `${head},${request},"responseContext":${JSON.stringify(responseContext)},"responsePayload":${isJsonText(text) ? text : JSON.stringify(text)}}`;
};

/** The call of the function at the end of a destination. */
export const destinationCall = (end: EventEnd, { functionName, through }: LambdaDestination): LambdaCall => {
  const text = wrapped(destinationRecord(end), end, through);
  return { requestId: randomUUID(), functionName, invocationType: 'Event', body: Buffer.from(text), text };
};

/** With what the service on the way wraps around a record. */
const wrapped = (record: string, { condition, functionArn, at }: EventEnd, through: LambdaDestination['through']): string => {
  const timestamp = new Date(at).toISOString();
  switch (through) {
    case 'sqs':
      return JSON.stringify({
        Records: [
          {
            messageId: randomUUID(),
            receiptHandle: 'local',
            body: record,
            attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(at) },
            messageAttributes: {},
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:records',
            awsRegion: 'us-east-1',
          },
        ],
      });
    case 'sns':
      return JSON.stringify({
        Records: [
          {
            EventSource: 'aws:sns',
            EventVersion: '1.0',
            EventSubscriptionArn: 'arn:aws:sns:us-east-1:000000000000:records:local',
            Sns: {
              Type: 'Notification',
              MessageId: randomUUID(),
              TopicArn: 'arn:aws:sns:us-east-1:000000000000:records',
              Subject: null,
              Message: record,
              Timestamp: timestamp,
              MessageAttributes: {},
            },
          },
        ],
      });
    case 'eventbridge': {
      const head = {
        version: '0',
        id: randomUUID(),
        'detail-type': `Lambda Function Invocation Result - ${condition === 'Success' ? 'Success' : 'Failure'}`,
        source: 'lambda',
        account: '000000000000',
        time: timestamp,
        region: 'us-east-1',
        resources: ['arn:aws:events:us-east-1:000000000000:event-bus/records', functionArn],
      };
      return `${JSON.stringify(head).slice(0, -1)},"detail":${record}}`;
    }
    case undefined:
      return record;
  }
};
