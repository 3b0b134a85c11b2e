// A store on fresh tables of a running DynamoDB, and a meter on every request that it makes.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  createNativeTable,
  createTables,
  DynamoDbNativeTaskStore,
  DynamoDbTaskStore,
  defaultTables,
} from '../../packages/adapter-dynamodb/dist/index.js';
import { ManualClock } from '../../packages/testkit/dist/index.js';
import { Meter } from './meter.mjs';

/** A write that takes places or gives them back names them, as attributes of a group item: it keeps the cap. */
const isPlace = (/** @type {unknown} */ name) => String(name).startsWith('@');
const READS = ['GetItemCommand', 'BatchGetItemCommand', 'QueryCommand'];

let tables = 0;

/** @typedef {'greenfield' | 'native'} Layout */

/**
 * @param {string} endpoint
 * @param {Layout} layout
 * @returns {Promise<{ store: DynamoDbTaskStore | DynamoDbNativeTaskStore, meter: Meter, pass: (millis: number) => void, close: () => Promise<void> }>}
 */
export const openBench = async (endpoint, layout) => {
  const meter = new Meter();
  const clock = new ManualClock();
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  tables += 1;
  const prefix = `cost${process.pid}-${tables}-`;
  const store = await (layout === 'native' ? openNative : openGreenfield)(client, clock, prefix);
  watch(client, meter);
  return { store, meter, pass: (millis) => clock.set(clock.now() + millis), close: async () => client.destroy() };
};

/** @param {DynamoDBClient} client @param {ManualClock} clock @param {string} prefix */
const openGreenfield = async (client, clock, prefix) => {
  const names = defaultTables(prefix);
  await createTables(client, names);
  return new DynamoDbTaskStore({ client, tables: names, clock });
};

/** @param {DynamoDBClient} client @param {ManualClock} clock @param {string} prefix */
const openNative = async (client, clock, prefix) => {
  const nativeTable = `${prefix}reeve`;
  await createNativeTable(client, nativeTable);
  return new DynamoDbNativeTaskStore({ client, nativeTable, clock });
};

/**
 * Asks every request for what it consumed. One that finds another was first consumes a write unit all the same, and is not told.
 * @param {DynamoDBClient} client
 * @param {Meter} meter
 */
const watch = (client, meter) => {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = /** @type {Record<string, any>} */ (args.input);
      input['ReturnConsumedCapacity'] = 'INDEXES';
      const reads = READS.includes(context.commandName ?? '');
      const keepsCap = Object.values(input['ExpressionAttributeNames'] ?? {}).some(isPlace);
      try {
        const answer = await next(args);
        const units = unitsOf(/** @type {Record<string, any>} */ (answer.output)['ConsumedCapacity']);
        meter.add(reads ? { rcu: units } : { wcu: units, capWcu: keepsCap ? units : 0 });
        return answer;
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException')
          meter.add({ wcu: 1, capWcu: keepsCap ? 1 : 0, lost: 1 });
        throw error;
      }
    },
    { step: 'initialize', name: 'meter' },
  );
};

/** @param {any} consumed one table's, or a list of several */
const unitsOf = (consumed) => (Array.isArray(consumed) ? consumed : [consumed]).reduce((sum, each) => sum + (each?.CapacityUnits ?? 0), 0);
