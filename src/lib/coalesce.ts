/**
 * Lets a piece of work never run twice at once: who asks while it runs makes it run once more, however many ask.
 * @param work catches its own errors
 * @returns asks for the work; resolves when all that was asked for is done
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
