// The clients of the stores are loaded only where something is emptied: a worker's memory is its framework's.

/** Empties a Redis. */
export const emptied = (url: string) => async (): Promise<void> => {
  const { emptyRedis } = await import('../stores/redis.ts');
  await emptyRedis(url);
};

/** Drops every schema that a contender may have made, so that each finds the same Postgres. */
export const without = (url: string) => async (): Promise<void> => {
  const { dropSchemas } = await import('../stores/postgres.ts');
  await dropSchemas(url);
};
