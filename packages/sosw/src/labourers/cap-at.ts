import type { Health, Labourer } from '@reeve/core';

/** How many may run at this health: the share of the cap rounded down, but at least 1 while the share is above 0. */
export const capAt = ({ cap, health }: Labourer, level: Health): number => {
  const share = health.coefficients[level];
  return share > 0 ? Math.max(1, Math.floor(cap * share)) : 0;
};
