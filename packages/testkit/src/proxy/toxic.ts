import type { Millis } from '@reeve/core';

/** Which way bytes go: to the server (questions), or to the client (answers). */
export type Way = 'toServer' | 'toClient';

/**
 * What is wrong with the way between a client and its server.
 *
 * - `latency`         every piece of bytes arrives `wait` milliseconds late, and up to `jitter` more; pieces never overtake each other
 * - `slice`           pieces are cut into smaller ones of 1 to `most` bytes, each in a write of its own
 * - `cut`             the connection is reset, on both sides, and the piece that met it is lost; a server may have carried out what came before
 * - `cutAfterAnswer`  the server has answered, the client will never see it: the answer is swallowed, and the connection is reset
 * - `blackHole`       bytes vanish, and nobody is told: both sides take the connection for alive. New ones come about, and nobody answers
 * - `halfOpen`        as a firewall that forgets, or a server that loses its power: the server's side is over, the client is not told
 * - `stall`           bytes wait until the toxic is taken away, and then arrive in their order: a server that stands still, and goes on
 * - `refuse`          whoever calls is let in and shown the door
 *
 * `share` is the part of the pieces that meet it, 0 to 1, drawn for each; default 1. `way` says which way it works; default both.
 * A connection that has lost bytes never works again, also once the toxic is gone: the rest of a message would be garbage.
 */
export type Toxic =
  | { readonly kind: 'latency'; readonly wait: Millis; readonly jitter?: Millis; readonly way?: Way }
  | { readonly kind: 'slice'; readonly most: number; readonly way?: Way }
  | { readonly kind: 'cut'; readonly share?: number; readonly way?: Way }
  | { readonly kind: 'cutAfterAnswer'; readonly share?: number }
  | { readonly kind: 'blackHole'; readonly share?: number; readonly way?: Way }
  | { readonly kind: 'halfOpen'; readonly share?: number }
  | { readonly kind: 'stall'; readonly way?: Way }
  | { readonly kind: 'refuse' };

export type ToxicKind = Toxic['kind'];
