/** What a function in the form `beside` was sent. */
export const SENT = {
  key: 'cat.jpg',
  _reeve: { labourer: 'thumb', id: 'task-1', token: 'token-1', attempt: 2, deadline: 1_795_422_060_000 },
};

export const ATTEMPT = { labourer: 'thumb', id: 'task-1', token: 'token-1' };

/**
 * The record of the example in Lambda's developer guide, "Capturing records of Lambda asynchronous invocations", with a request of
 * ours in it.
 */
export const EXHAUSTED = {
  version: '1.0',
  timestamp: '2019-11-14T18:16:05.568Z',
  requestContext: {
    requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
    functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:my-function:$LATEST',
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload: SENT as unknown,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorMessage: 'RequestId: e4b46cbf-b738-xmpl-8880-a18cdf61200e Process exited before completing request' } as unknown,
};

export const SUCCESS = {
  ...EXHAUSTED,
  requestContext: { ...EXHAUSTED.requestContext, condition: 'Success', approximateInvokeCount: 1 },
  responseContext: { statusCode: 200, executedVersion: '$LATEST' },
  responsePayload: { made: 'cat.small.jpg' } as unknown,
};

/** As for an event that never ran: nothing is documented of what stands in it then. */
export const TOO_OLD = {
  version: '1.0',
  timestamp: '2019-11-14T18:16:05.568Z',
  requestContext: { ...EXHAUSTED.requestContext, condition: 'EventAgeExceeded', approximateInvokeCount: 0 },
  requestPayload: SENT as unknown,
};

const text = (part: unknown): string => JSON.stringify(part);

/** After the example in "Using Lambda with Amazon SQS". */
export const bySqs = (...bodies: readonly unknown[]) => ({
  Records: bodies.map((body, n) => ({
    messageId: `059f36b4-87a3-44ab-83d2-66197597${n}`,
    receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
    body: typeof body === 'string' ? body : text(body),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1545082649183', SenderId: 'AIDAIENQZJOLO23YVJ4VO' },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:my-queue',
    awsRegion: 'us-east-2',
  })),
});

/** What a topic sends: to a queue, as the body of a message. */
export const notification = (message: unknown) => ({
  Type: 'Notification',
  MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
  TopicArn: 'arn:aws:sns:us-east-2:123456789012:sns-lambda',
  Subject: null,
  Message: text(message),
  Timestamp: '2019-01-02T12:45:07.000Z',
  SignatureVersion: '1',
  MessageAttributes: {},
});

/** After the example in "Invoking Lambda functions with Amazon SNS notifications". */
export const bySns = (message: unknown) => ({
  Records: [
    {
      EventVersion: '1.0',
      EventSubscriptionArn: 'arn:aws:sns:us-east-2:123456789012:sns-lambda:21be56ed-a058-49f5-8c98-aedd2564c486',
      EventSource: 'aws:sns',
      Sns: notification(message),
    },
  ],
});

export const byEventBridge = (detail: unknown) => ({
  version: '0',
  id: '3b0e4bd1-7a49-2c47-0fd6-5b7c4b0ab8a1',
  'detail-type': 'Lambda Function Invocation Result - Failure',
  source: 'lambda',
  account: '123456789012',
  time: '2019-11-14T18:16:05Z',
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:123456789012:event-bus/default', EXHAUSTED.requestContext.functionArn],
  detail,
});
