import { Redis } from 'ioredis';

const withClient = async <Answer>(url: string, work: (client: Redis) => Promise<Answer>): Promise<Answer> => {
  const client = new Redis(url);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
};

export const emptyRedis = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.flushall('SYNC');
  });

/** Version and durability, for the report: "Redis 7.0.15, appendonly no, save off". */
export const describeRedis = (url: string): Promise<string> =>
  withClient(url, async (client) => {
    const info = await client.info('server');
    const setting = async (name: string): Promise<string> => (await client.config('GET', name))[1] ?? '';
    const version = /valkey_version:(\S+)/.exec(info)?.[1];
    const name = version === undefined ? `Redis ${/redis_version:(\S+)/.exec(info)?.[1]}` : `Valkey ${version}`;
    const appendOnly = await setting('appendonly');
    const synced = appendOnly === 'yes' ? ` (${await setting('appendfsync')})` : '';
    return `${name}, appendonly ${appendOnly}${synced}, save ${(await setting('save')) || 'off'}`;
  });
