import { rememberFocus } from '../list/press-guard.ts';
import { isRefused, isTypedIn } from './drafts.ts';

/** Elements that belong to this tab and not to the server's page. */
const OWN = '[data-people], [data-connection], [data-announce], [data-unsaved], [data-notices]';

/** Keeps input and open sections when Turbo morphs the page. */
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
  let restoreFocus: (() => void) | null = null;
  document.addEventListener('turbo:before-render', (event) => {
    const { renderMethod } = (event as CustomEvent<{ renderMethod: string }>).detail;
    restoreFocus = renderMethod === 'morph' ? rememberFocus() : null;
  });
  document.addEventListener('turbo:render', () => {
    restoreFocus?.();
    restoreFocus = null;
  });
  // Open details stay open.
  document.addEventListener('turbo:before-morph-attribute', (event) => {
    const { attributeName } = (event as CustomEvent<{ attributeName: string }>).detail;
    if (event.target instanceof HTMLDetailsElement && attributeName === 'open') event.preventDefault();
  });
}
