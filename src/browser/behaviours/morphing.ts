import { isRefused, isTypedIn } from './drafts.ts';

/** What belongs to this tab and not to the page that the server draws. */
const OWN = '[data-people], [data-connection], [data-announce]';

/** When Turbo draws the same page anew, texts that are being written stay as they are. */
export function startMorphing(): void {
  document.addEventListener('turbo:before-morph-element', (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const isWritten =
      target instanceof HTMLFormElement &&
      !isRefused() &&
      target.matches('[data-quick-add], [data-editor]') &&
      isTypedIn(target);
    if (isWritten || target.matches(OWN)) event.preventDefault();
  });
  // What somebody has unfolded stays unfolded.
  document.addEventListener('turbo:before-morph-attribute', (event) => {
    const { attributeName } = (event as CustomEvent<{ attributeName: string }>).detail;
    if (event.target instanceof HTMLDetailsElement && attributeName === 'open') event.preventDefault();
  });
}
