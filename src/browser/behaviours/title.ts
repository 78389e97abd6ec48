const COUNT = /^\(\d+\) /;
let unseen = 0;

/** While nobody looks at this tab, its title counts what has come. */
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

/** Also after the page has been drawn anew, which brings the bare title. */
export function showTitle(): void {
  const bare = document.title.replace(COUNT, '');
  const title = unseen > 0 ? `(${unseen}) ${bare}` : bare;
  if (document.title !== title) document.title = title;
}
