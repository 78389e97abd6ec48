/** Reloads pages restored from the back-forward cache: the user may have signed out since. */
export function startBackForward(): void {
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    document.documentElement.hidden = true;
    location.reload();
  });
}
