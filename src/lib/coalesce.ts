/**
 * Never runs `work` concurrently: any number of calls during a run cause one more run.
 * @param work must not reject
 * @returns runs the work; resolves when no run is pending
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let again = false;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    try {
      while (again) {
        again = false;
        await work();
      }
    } finally {
      running = null;
    }
  };
  return () => {
    again = true;
    running ??= run();
    return running;
  };
}
