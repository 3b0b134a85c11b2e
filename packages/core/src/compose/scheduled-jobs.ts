import type { Jobs } from '../run/jobs/jobs.ts';
import type { ScheduledJobs } from '../run/schedules/firer.ts';

/** The jobs of a composition, as its schedules know them. */
export const scheduledJobs = (jobs: Jobs): ScheduledJobs => ({
  check: (event, now) => jobs.check(event, now),
  run: async (event, options) => {
    const { id, state } = await jobs.run(event, options);
    return { id, done: state !== 'creating' };
  },
  isOpen: async (id) => {
    const job = await jobs.find(id);
    // Of one whose ends are not counted nobody knows when it has ended.
    return job?.state === 'creating' || (job?.state === 'created' && job.completed !== undefined);
  },
});
