/**
 * Batches loads: calls made while a batch runs are answered by the next one, so that every result was read after its
 * call.
 * @param work loads a batch; a key that it leaves out is undefined, and its error rejects all calls of the batch
 */
export function batchLoader<Key, Value>(
  work: (keys: Key[]) => Promise<ReadonlyMap<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  let running: Promise<unknown> = Promise.resolve();
  let next: { keys: Set<Key>; answers: Promise<ReadonlyMap<Key, Value>> } | null = null;
  const begin = (): NonNullable<typeof next> => {
    const keys = new Set<Key>();
    const answers = running.then(() => {
      next = null;
      return work([...keys]);
    });
    running = answers.catch(() => undefined);
    return { keys, answers };
  };
  return async (key) => {
    next ??= begin();
    next.keys.add(key);
    return (await next.answers).get(key);
  };
}
