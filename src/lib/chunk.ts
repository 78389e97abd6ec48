/**
 * Splits items into batches.
 * @param most items of a batch
 * @param mostSize total of `sizeOf` of a batch; a larger item is a batch of its own
 */
export function* chunk<Item>(
  items: readonly Item[],
  most: number,
  sizeOf: (item: Item) => number = () => 0,
  mostSize = Infinity,
): Generator<Item[]> {
  let batch: Item[] = [];
  let size = 0;
  for (const item of items) {
    const weight = sizeOf(item);
    if (batch.length === most || (batch.length > 0 && size + weight > mostSize)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(item);
    size += weight;
  }
  if (batch.length > 0) yield batch;
}
