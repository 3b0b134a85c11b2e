/** For stores that can tell other processes of new work and of free places, sooner than the next poll. */
export interface WakeUps {
  /**
   * Calls `heard` with a labourer's name when some process, this one included, may have made work for it or freed a place.
   *
   * W1 A call that is lost, late or doubled is no fault: polling finds the same a little later.
   * W2 After a lost connection it listens again by itself, and then calls for every labourer it can not speak for.
   *
   * @param labourers those to listen for
   * @returns once it listens: what ends it
   */
  listen(labourers: readonly string[], heard: (labourer: string) => void): Promise<() => Promise<void>>;
}
