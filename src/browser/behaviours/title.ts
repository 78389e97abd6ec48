const COUNT = /^\(\d+\) /;
let unseen = 0;

/** Counts arrivals in the title while the tab is hidden. */
export function countInTitle(arrived: number): void {
  if (!document.hidden || arrived === 0) return;
  unseen += arrived;
  showTitle();
}

export function startTitle(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    unseen = 0;
    showTitle();
  });
}

/** Also after a redraw, which resets the title. */
export function showTitle(): void {
  const bare = document.title.replace(COUNT, '');
  const title = unseen > 0 ? `(${unseen}) ${bare}` : bare;
  if (document.title !== title) document.title = title;
}
