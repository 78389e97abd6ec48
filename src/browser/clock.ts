/** The server's time: a device whose clock is wrong would compute another day than the server. */

let ahead = 0;

/**
 * Takes the time that a fresh page was rendered at. It is removed from the page, so that a snapshot of it from a cache
 * does not set the clock back.
 */
export function readServerTime({ dataset }: HTMLElement): void {
  if (!dataset.now) return;
  ahead = Number(dataset.now) - Date.now();
  delete dataset.now;
}

export const serverNow = (): Date => new Date(Date.now() + ahead);
