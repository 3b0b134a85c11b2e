import type { LabourerDefinitions, PayloadOf } from '../decide/labourer-definition.ts';
import type { JobProgress, JobRun } from '../domain/job.ts';
import type { JobBuilder, JobForm } from '../run/jobs/job-builder.ts';
import type { ContinueOptions, Jobs, RunJobOptions } from '../run/jobs/jobs.ts';
import { OperatorFacade, type OperatorFacadeParts } from './operator-facade.ts';

export interface JobFacadeParts extends OperatorFacadeParts {
  readonly jobs: Jobs;
}

/** A builder is no object of the job language, so that it is held against the types of the labourers. */
export type JobEvent<Event extends object> = Event extends { readonly form: JobForm } ? never : Event;

/** What schedulers call: jobs that become tasks. */
export abstract class JobFacade<Definitions extends LabourerDefinitions = LabourerDefinitions> extends OperatorFacade {
  readonly #parts: JobFacadeParts;

  constructor(parts: JobFacadeParts) {
    super(parts);
    this.#parts = parts;
  }

  /**
   * Enqueues the tasks of a job, once for each of its runs. Whatever ends it before it is done, the same call goes on where it was; several at
   * once do no harm. With `until` it stops in time and answers how far it is.
   * @param event a job of sosw's language, as an object or JSON text; or a builder: see `job`
   * @throws ReeveError PART_MISSING, INVALID_JOB, PAYLOAD_REFUSED and those of the finalizer: nothing was written; of a stream, nothing from there on
   */
  runJob<Name extends keyof Definitions & string, Payload extends PayloadOf<Definitions[Name]>>(
    event: JobBuilder<Name, Payload>,
    options: RunJobOptions,
  ): Promise<JobRun>;
  runJob<Event extends object>(event: string | JobEvent<Event>, options: RunJobOptions): Promise<JobRun>;
  async runJob(event: unknown, options: RunJobOptions): Promise<JobRun> {
    await this.start();
    return this.#parts.jobs.run(event, options);
  }

  /** Goes on with jobs that broke off: for a cron job, or whatever else is called again and again. @throws ReeveError PART_MISSING */
  async continueJobs(options?: ContinueOptions): Promise<readonly JobRun[]> {
    await this.start();
    return this.#parts.jobs.continueOpen(options);
  }

  /** How far a job is. `undefined`: there is none of this id, or it was over more than a week ago. */
  async job(id: string): Promise<JobProgress | undefined> {
    await this.start();
    return this.#parts.jobs.find(id);
  }

  /**
   * Enqueues no more of it, in whatever process, and cancels what has not ended. Its finalizer does not run.
   * @returns how far it had come. `undefined`: there is none of this id
   */
  async cancelJob(id: string): Promise<JobProgress | undefined> {
    await this.start();
    return this.#parts.jobs.cancel(id);
  }
}
