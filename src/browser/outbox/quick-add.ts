/**
 * Quick add: Enter empties the line at once, and what was typed waits in the outbox. Pasted lines are offered as tasks,
 * text over the limit stays, and "More fields" takes the text along.
 */
import { limits } from '../../shared/limits.ts';
import type { Translate } from '../../shared/translations.ts';
import { forgetDraft, keepDraftFor } from '../behaviours/drafts.ts';
import { enqueue, pendingAdditions, uuid, withdraw } from './outbox.ts';
import type { Addition } from './send.ts';

const FORM = 'form[data-quick-add]';
const LINE_BREAK = /\r\n?|[\n\v\f\u0085\u2028\u2029]/;
/** Nothing is put into the line of somebody who is typing. */
const TYPING_MS = 1500;

let t: Translate = (key) => key;
let lastTyped = -Infinity;
/** The pasted lines, and the text that stands for them in the line. */
let pasted: { lines: string[]; text: string } | null = null;

export function startQuickAdd(): void {
  document.addEventListener('submit', onSubmit, { capture: true });
  document.addEventListener('paste', (event) => {
    onPaste(event, event.clipboardData);
  });
  document.addEventListener('drop', (event) => {
    onPaste(event, event.dataTransfer);
  });
  document.addEventListener('input', ({ target }) => {
    const form = formOf(target);
    if (!form) return;
    lastTyped = performance.now();
    showNote(form, '');
    showOffer(form);
  });
  document.addEventListener('click', ({ target }) => {
    const form = formOf(target);
    if (!form || !(target instanceof Element)) return;
    if (target.closest('[data-more-fields]')) handOver(form);
    if (pasted && target.closest('[data-add-lines]')) {
      add(form, pasted.lines);
      lineOf(form).focus();
    }
  });
}

/** For each page that is drawn. */
export function openQuickAdd(translate: Translate): void {
  t = translate;
  const form = document.querySelector<HTMLFormElement>(FORM);
  // Over the limit it is kept, and said.
  if (form) showOffer(form);
}

/**
 * Puts a refused addition back into the line, with its reason, if the page has its line and nobody is typing there.
 * @param asked the person wants it back; what stands in the line comes first
 */
export function takeBack(addition: Addition, asked = false): boolean {
  const form = document.querySelector<HTMLFormElement>(FORM);
  if (!form || fieldIn(form, 'listId') !== String(addition.listId)) return false;
  const line = lineOf(form);
  if (asked) line.focus();
  if (line.value !== '' || (!asked && performance.now() - lastTyped < TYPING_MS)) return false;
  withdraw(addition);
  line.value = addition.text;
  line.dispatchEvent(new Event('input', { bubbles: true }));
  showNote(form, refusal(t, addition));
  return true;
}

export const refusal = (translate: Translate, { reason }: { reason?: string }): string =>
  translate('live.refused', { reason: reason || translate('live.serverError') });

function onSubmit(event: SubmitEvent): void {
  const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>(FORM) : null;
  if (!form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  add(form, [lineOf(form).value]);
}

/** What is too long stays in the line, or in its row if there are several. */
function add(form: HTMLFormElement, texts: string[]): void {
  const line = lineOf(form);
  const [only = ''] = texts;
  if (texts.length === 1 && excess(only) > 0) {
    showNote(form, tooLong(only));
    return;
  }
  line.value = '';
  pasted = null;
  forgetDraft(form);
  showNote(form, '');
  showOffer(form);
  // The browser says that the line is empty.
  if (texts.length === 1 && only.trim() === '') form.reportValidity();
  else enqueue(texts.map((text) => additionFrom(form, text)));
}

const additionFrom = (form: HTMLFormElement, text: string): Addition => ({
  kind: 'add',
  id: uuid(),
  text: text.trim(),
  listId: Number(fieldIn(form, 'listId')),
  categoryIds: new FormData(form).getAll('categoryIds').map(String),
  page: location.pathname + location.search,
  ...(excess(text) > 0 && { reason: tooLong(text) }),
});

function onPaste(event: Event, data: DataTransfer | null): void {
  const form = formOf(event.target);
  const text = data?.getData('text/plain') ?? '';
  if (!form || !LINE_BREAK.test(text)) return;
  const line = lineOf(form);
  event.preventDefault();
  line.focus();
  const [before, after] = [line.value.slice(0, line.selectionStart ?? 0), line.value.slice(line.selectionEnd ?? 0)];
  const lines = linesOf(before + text + after);
  // With a blank between the words of two lines.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else keeps the browser's undo
  document.execCommand('insertText', false, linesOf(text).join(' '));
  pasted = { lines, text: line.value };
  showOffer(form);
}

const linesOf = (text: string): string[] =>
  text
    .split(LINE_BREAK)
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** The button that makes a task of each pasted line, as long as the line holds them. */
function showOffer(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLElement>('[data-add-lines]');
  if (!button) return;
  if (pasted && pasted.text !== lineOf(form).value) pasted = null;
  const count = pasted?.lines.length ?? 0;
  button.hidden = count < 2;
  button.textContent = count < 2 ? '' : t('live.lines', { count });
  // While typing the limit is said without a word about sending.
  const text = lineOf(form).value;
  if (excess(text) > 0 && count < 2) showNote(form, tooLong(text));
}

/** Before the link to the other fields is followed. */
function handOver(form: HTMLFormElement): void {
  if (lineOf(form).value.trim() === '') return;
  const fields = [...new FormData(form)].filter(([name]) => name === 'description' || name === 'categoryIds');
  keepDraftFor('/tasks/new', form.action, fields as [string, string][]);
  lineOf(form).value = '';
  forgetDraft(form);
}

function showNote(form: HTMLFormElement, text: string): void {
  const note = form.querySelector<HTMLElement>('[data-add-note]');
  if (!note) return;
  note.hidden = text === '';
  if (note.textContent !== text) note.textContent = text;
  lineOf(form).setAttribute('aria-invalid', String(text !== ''));
}

const tooLong = (text: string): string => t('live.tooLong', { count: excess(text), max: limits.description });
/** Characters over the limit, as the server counts them. */
const excess = (text: string): number => [...text.trim()].length - limits.description;

/** Refused additions of this page's list go back into the line, one at a time. */
export function takeBackRefused(): void {
  for (const addition of pendingAdditions()) if (addition.reason !== undefined && takeBack(addition)) return;
}

const formOf = (target: EventTarget | null): HTMLFormElement | null =>
  target instanceof Element ? target.closest<HTMLFormElement>(FORM) : null;

const lineOf = (form: HTMLFormElement): HTMLInputElement => form.elements.namedItem('description') as HTMLInputElement;

const fieldIn = (form: HTMLFormElement, name: string): string =>
  (form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? '';
