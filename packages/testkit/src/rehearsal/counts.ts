import { Health, type LabourerDefinitions, type Millis, type Reeve } from '@reeve/core';
import type { Decision } from './moment.ts';

/** What the processes tell, counted. */
export class Counts {
  arrived: number = 0;
  completed: number = 0;
  dead: number = 0;
  /** Attempts. */
  failed: number = 0;
  cap: number;
  health: Health = Health.High;
  readonly waits: Millis[] = [];
  readonly decisions: Decision[] = [];
  readonly #at: () => Millis;

  constructor(cap: number, at: () => Millis) {
    this.cap = cap;
    this.#at = at;
  }

  /** What one process did counts of each; what is in force, of the first alone: the others come to the same a little later. */
  listen(process: Reeve<LabourerDefinitions>, isFirst: boolean): void {
    process.on('task.started', ({ waited }) => this.waits.push(waited));
    process.on('task.completed', () => {
      this.completed += 1;
    });
    process.on('task.retried', () => {
      this.failed += 1;
    });
    process.on('task.dead', () => {
      this.failed += 1;
      this.dead += 1;
    });
    process.on('task.dropped', () => {
      this.dead += 1;
    });
    if (!isFirst) return;
    process.on('labourer.resized', ({ to, explanation }) => {
      this.cap = to;
      this.#decided(explanation);
    });
    process.on('labourer.health', ({ to, explanation }) => {
      this.health = to;
      this.#decided(explanation);
    });
  }

  /** Tasks that wait. */
  queue(running: number): number {
    return this.arrived - this.completed - this.dead - running;
  }

  #decided(explanation: string): void {
    this.decisions.push({ at: this.#at(), what: explanation.slice(explanation.indexOf(': ') + 2) });
  }
}
