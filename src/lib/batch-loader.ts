/**
 * Answers many who ask with one piece of work. Who asks while it runs is answered by the next one, so that every
 * answer is from after the question.
 * @param work answers all of these keys; one that it leaves out is answered undefined, a error is everybody's who asked for it
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
