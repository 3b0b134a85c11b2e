export type * from './chance.ts';
export type * from './clock.ts';
export type * from './ecology-provider.ts';
export type * from './invoker.ts';
export type * from './lifecycle.ts';
export type * from './task-reader.ts';
export type * from './task-store.ts';
export type * from './wake-ups.ts';
