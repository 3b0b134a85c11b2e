import { SqliteTaskStore } from '../../packages/adapter-sqlite/dist/index.js';
import { memoryForSim } from '../../packages/testkit/dist/index.js';

/** @type {Readonly<Record<string, import('@reeve/testkit').SimStoreFactory>>} */
const stores = {
  memory: memoryForSim,
  sqlite: async ({ clock }) => {
    const store = await SqliteTaskStore.open({ file: ':memory:', clock });
    return { store, close: () => store.close() };
  },
};

/**
 * @param {string} name
 * @returns {import('@reeve/testkit').SimStoreFactory}
 */
export const storeOf = (name) => {
  const store = stores[name];
  if (!store) throw new Error(`--store ${name}: there is ${Object.keys(stores).join(' and ')}`);
  return store;
};
