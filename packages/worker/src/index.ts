// What is published in its place is one small file: see pack.mjs.
export * from './main.ts';
