// What Lambda's runtime is to a function: loads its code once, hands it one event after the other, and sends back what it answers as JSON.
const { handler } = await import(process.env['REEVE_TEST_CODE'] ?? '');

/** @param {{ n: number, event: unknown, context: object, remaining: number }} message */
const serve = async (message) => {
  const until = performance.now() + message.remaining;
  const context = { ...message.context, getRemainingTimeInMillis: () => until - performance.now() };
  try {
    process.send?.({ n: message.n, answer: (await handler(message.event, context)) ?? null });
  } catch (error) {
    const { name, message: text } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    process.send?.({ n: message.n, error: { name, message: text } });
  }
};

process.on('message', (message) => void serve(/** @type {Parameters<typeof serve>[0]} */ (message)));
process.send?.({ ready: true });
