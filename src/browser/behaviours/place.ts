/**
 * A list that one returns to by a link, by saving or by deleting is scrolled to where it was left, as by the Back
 * button. Without a script the link's fragment leads to the task.
 */
const places = new Map<string, number>();
/** The list that the page just left leads back to. */
let back: string | undefined;

export function startPlace(): void {
  document.addEventListener('turbo:before-visit', () => {
    places.set(location.pathname + location.search, scrollY);
    back = document.querySelector('[data-back]')?.getAttribute('href')?.split('#', 1)[0];
  });
  document.addEventListener('turbo:load', () => {
    const here = location.pathname + location.search;
    const place = here === back ? places.get(here) : undefined;
    if (place !== undefined) scrollTo(scrollX, place);
    back = undefined;
  });
}
