/**
 * Unsaved input survives a reload, a crash and a failed request: it is kept in this tab until the server has accepted
 * it, together with the form's key and the text's revision, so that sending twice creates one task and an edit of an
 * older text is still detected.
 */
import { hasChangedSince } from './submit-once.ts';

/** Forms with text say whose page they are on. */
const FORMS = 'form:has([name="_author"])';
const PREFIX = 'draft ';
/** Fields that users do not type in, and what is not stored anywhere. */
const NOT_TYPED = new Set(['_method', '_author', 'from', 'listId', 'currentPassword']);
let refused: HTMLFormElement | null = null;

export function startDrafts(): void {
  document.addEventListener('input', ({ target }) => {
    const form = target instanceof Element ? target.closest<HTMLFormElement>(FORMS) : null;
    if (form) keep(form);
  });
  document.addEventListener('turbo:submit-end', (event) => {
    const { target: form, detail } = event as CustomEvent<{ success: boolean; fetchResponse?: { response: Response } }>;
    if (!(form instanceof HTMLFormElement) || !form.matches(FORMS)) return;
    // Input typed while the request was in flight is not saved yet.
    if (detail.success && hasChangedSince(form)) keep(form);
    else if (detail.success) forget(form);
    else if (detail.fetchResponse) refused = form;
  });
  // The cancel link beside the submit button discards the input.
  document.addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest('.actions a[href]') : null;
    const form = link?.closest<HTMLFormElement>(FORMS);
    if (form) sessionStorage.removeItem(keyOf(form));
  });
}

/** Restores drafts in the forms of a page that has just been drawn. */
export function restoreDrafts(): void {
  keepResumed();
  // A refused form is rendered by the server with its input and errors.
  const answered = refused !== null;
  refused = null;
  for (const form of document.querySelectorAll<HTMLFormElement>(FORMS)) {
    const kept = read(form);
    if (!kept) continue;
    if (answered) keep(form);
    else if (!isTypedIn(form)) fill(form, kept);
  }
}

/** What the server has filled in after signing in counts as typed: a redraw keeps it. */
function keepResumed(): void {
  if (!document.querySelector('[data-resumed]')) return;
  for (const field of document.querySelectorAll<HTMLInputElement>('main form input[type="text"], main textarea')) {
    const { value } = field;
    field.defaultValue = '';
    field.value = value;
  }
}

/** Whether the page being drawn is the server's answer to a refused form. */
export const isRefused = (): boolean => refused !== null;

export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

/** Whether the form has input that differs from the page's. */
export const isTypedIn = (form: HTMLFormElement): boolean =>
  [...form.elements].some((field) => {
    if (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type))
      return field.checked !== field.defaultChecked;
    if (field instanceof HTMLInputElement && field.type === 'hidden') return false;
    if (field instanceof HTMLSelectElement)
      return (
        field.selectedIndex !==
        Math.max(
          0,
          [...field.options].findIndex((option) => option.defaultSelected),
        )
      );
    return (
      (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.value !== field.defaultValue
    );
  });

type Kept = [name: string, value: string][];

function keep(form: HTMLFormElement): void {
  const fields = [...new FormData(form)].filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !NOT_TYPED.has(entry[0]),
  );
  write(keyOf(form), fields);
}

function read(form: HTMLFormElement): Kept | null {
  const text = sessionStorage.getItem(keyOf(form));
  return text ? (JSON.parse(text) as Kept) : null;
}

function fill(form: HTMLFormElement, kept: Kept): void {
  for (const field of form.elements) {
    if (
      !(
        field instanceof HTMLInputElement ||
        field instanceof HTMLTextAreaElement ||
        field instanceof HTMLSelectElement
      ) ||
      !field.name ||
      NOT_TYPED.has(field.name)
    )
      continue;
    const values = kept.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type))
      field.checked = values.includes(field.value);
    else if (values[0] !== undefined) field.value = values[0];
  }
  showOlder(form, kept);
}

/** Shows that the text was typed over an older version than the page has now. */
function showOlder(form: HTMLFormElement, kept: Kept): void {
  const note = form.querySelector<HTMLElement>('[data-changed-elsewhere]');
  const revision = kept.find(([name]) => name === 'textRevision')?.[1];
  if (note && revision !== undefined && revision !== form.dataset.textRevision) note.hidden = false;
}

function forget(form: HTMLFormElement): void {
  forgetDraft(form);
  // The next page may be this one redrawn, which keeps the input.
  form.reset();
}

export function forgetDraft(form: HTMLFormElement): void {
  sessionStorage.removeItem(keyOf(form));
}

/** Hands input over to a form of another page. @param action of that form */
export function keepDraftFor(path: string, action: string, fields: Kept): void {
  write(keyFor(path, action), fields);
}

function write(key: string, fields: Kept): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(fields));
  } catch {
    // Without storage there are no drafts; everything else works.
  }
}

const keyOf = (form: HTMLFormElement): string => keyFor(location.pathname, form.action);
const keyFor = (path: string, action: string): string =>
  `${PREFIX}${document.body.dataset.viewer ?? ''} ${path} ${new URL(action).pathname}`;
