/**
 * Set for as long as a function of ours runs, and for nothing else. Every statement in it is to step into an index, whatever the
 * statistics say: those of a queue are always of another hour. And its plan is made once for each connection. Before Postgres 18 a step that
 * is switched off and taken all the same counts as dear enough to be compiled (jit), which takes longer than any of them runs.
 */
export const STEADY_PLANS = `
  SET plan_cache_mode = force_generic_plan
  SET enable_seqscan = off
  SET enable_bitmapscan = off
  SET enable_hashjoin = off
  SET enable_mergejoin = off
  SET jit = off`;
