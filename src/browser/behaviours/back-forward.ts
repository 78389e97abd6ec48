/** A page out of the browser's back-forward cache may be somebody's who has signed out since: it is asked for again. */
export function startBackForward(): void {
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    document.documentElement.hidden = true;
    location.reload();
  });
}
