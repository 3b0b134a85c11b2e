import type { LabourerSettings, Settings } from '../domain/settings.ts';
import type { TaskKey, TaskRecord } from '../domain/task.ts';
import type { BuryOutcome, CancelOutcome, Redrive, RedriveOutcome, ReplaceOutcome } from '../ports/operator.ts';
import type { ListQuery } from '../ports/task-reader.ts';
import type { Foreman, ToBury, ToReplace } from '../run/foreman.ts';
import type { RedriveAllQuery, RedriveReport, Redriver } from '../run/redriver.ts';
import type { SettingsBoard } from '../run/settings-board.ts';

export interface OperatorFacadeParts {
  readonly foreman: Foreman;
  readonly redriver: Redriver;
  readonly settings: SettingsBoard;
}

/** What operators call: the half of the facade that no worker and no producer needs. */
export abstract class OperatorFacade {
  readonly #parts: OperatorFacadeParts;

  constructor(parts: OperatorFacadeParts) {
    this.#parts = parts;
  }

  /** Opens what has to be opened. */
  abstract start(): Promise<void>;

  /**
   * Cancels one task, or many: a queued one ends at once, a running one when its worker reports. Workers in this process are told
   * at once, those of other processes within seconds if they run in them, any other with its next heartbeat.
   * @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_TASK_ID: nothing was changed
   */
  cancel(key: TaskKey): Promise<CancelOutcome>;
  cancel(keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]>;
  async cancel(keys: TaskKey | readonly TaskKey[]): Promise<CancelOutcome | readonly CancelOutcome[]> {
    await this.start();
    return oneOrMany(keys, (all) => this.#parts.foreman.cancel(all));
  }

  /**
   * Ends one queued task as dead, or many.
   * @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_TASK_ID: nothing was changed
   */
  bury(burial: ToBury): Promise<BuryOutcome>;
  bury(burials: readonly ToBury[]): Promise<readonly BuryOutcome[]>;
  async bury(burials: ToBury | readonly ToBury[]): Promise<BuryOutcome | readonly BuryOutcome[]> {
    await this.start();
    return oneOrMany(burials, (all) => this.#parts.foreman.bury(all));
  }

  /**
   * Queues one dead, cancelled or dropped task again, or many, as if they had just been enqueued.
   * @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_TASK_ID, INVALID_DUE: nothing was changed
   */
  redrive(redrive: Redrive): Promise<RedriveOutcome>;
  redrive(redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]>;
  async redrive(redrives: Redrive | readonly Redrive[]): Promise<RedriveOutcome | readonly RedriveOutcome[]> {
    await this.start();
    return oneOrMany(redrives, (all) => this.#parts.foreman.redrive(all));
  }

  /**
   * Queues many tasks again: those of one labourer and state, or of them those that ended then or with that error. With `perSecond` they
   * fall due one after another. It may be broken off and called again; in one call no task is redriven twice, however soon it ends anew.
   * @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_REDRIVE: nothing was changed
   */
  async redriveAll(query: RedriveAllQuery): Promise<RedriveReport> {
    await this.start();
    return this.#parts.redriver.redriveAll(query);
  }

  /** All tasks of a labourer in one state, for a file of JSON lines. @throws ReeveError UNKNOWN_LABOURER */
  async *exportTasks(query: Pick<ListQuery, 'labourer' | 'state'>): AsyncGenerator<TaskRecord, void, undefined> {
    await this.start();
    yield* this.#parts.redriver.exportTasks(query);
  }

  /**
   * Gives one task of which no attempt was started another payload, or many.
   * @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_TASK_ID, PAYLOAD_NOT_JSON, PAYLOAD_TOO_DEEP, PAYLOAD_TOO_LARGE,
   * PAYLOAD_REFUSED: nothing was changed
   */
  replace(replacement: ToReplace): Promise<ReplaceOutcome>;
  replace(replacements: readonly ToReplace[]): Promise<readonly ReplaceOutcome[]>;
  async replace(replacements: ToReplace | readonly ToReplace[]): Promise<ReplaceOutcome | readonly ReplaceOutcome[]> {
    await this.start();
    return oneOrMany(replacements, (all) => this.#parts.foreman.replace(all));
  }

  /**
   * Starts nothing more of this labourer, in any process, within a second; what runs goes on. It holds until `resume`, whatever is deployed.
   * @param reason for whoever asks why
   * @throws ReeveError UNKNOWN_LABOURER, INVALID_SETTING, PART_MISSING: nothing was changed
   */
  async pause(labourer: string, reason?: string): Promise<LabourerSettings> {
    await this.start();
    return this.#parts.settings.pause(labourer, reason);
  }

  /** @throws ReeveError UNKNOWN_LABOURER, PART_MISSING */
  async resume(labourer: string): Promise<LabourerSettings> {
    await this.start();
    return this.#parts.settings.resume(labourer);
  }

  /**
   * Another cap than the defined one, in every process within a second, whatever is deployed. `null`: as it is defined.
   * @throws ReeveError UNKNOWN_LABOURER, INVALID_SETTING, PART_MISSING: nothing was changed
   */
  async setCap(labourer: string, cap: number | null): Promise<LabourerSettings> {
    await this.start();
    return this.#parts.settings.setCap(labourer, cap);
  }

  /** What is set, by labourer. */
  async settings(): Promise<Settings> {
    await this.start();
    return this.#parts.settings.all();
  }
}

/** What is asked for one is answered for one. */
const oneOrMany = async <Ask extends object, Answer>(
  asked: Ask | readonly Ask[],
  call: (all: readonly Ask[]) => Promise<readonly Answer[]>,
): Promise<Answer | readonly Answer[]> => {
  if (isMany(asked)) return call(asked);
  const [answer] = await call([asked]);
  return answer as Answer;
};

const isMany = <Ask extends object>(asked: Ask | readonly Ask[]): asked is readonly Ask[] => Array.isArray(asked);
