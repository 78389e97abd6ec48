/** The rows of additions that are not saved yet, above the list: newest first, as they will stand in it. */
import type { Translate } from '../../shared/translations.ts';
import { isSlow, pendingAdditions, withdraw } from './outbox.ts';
import type { Addition } from './send.ts';
import { refusal, takeBack } from './quick-add.ts';

/** Saved, but not drawn by the server yet. */
let saved: Addition[] = [];
/** Drawn by an event that came before the answer. */
const shown = new Set<string>();

export function showUnsaved(t: Translate): void {
  const place = document.querySelector<HTMLElement>('[data-unsaved]');
  if (!place) return;
  const lists = JSON.parse(place.closest<HTMLElement>('[data-lists]')?.dataset.lists ?? '[]') as number[];
  const target = document.querySelector<HTMLInputElement>('[data-quick-add] [name="listId"]')?.value;
  const additions = [...saved, ...pendingAdditions()].filter(
    ({ id, listId }) => (lists.includes(listId) || String(listId) === target) && !shown.has(id),
  );
  const rows = new Map([...place.children].map((row) => [(row as HTMLElement).dataset.change ?? '', row]));
  for (const [id, row] of rows) if (!additions.some((addition) => addition.id === id)) row.remove();
  for (const addition of additions) {
    const row = rows.get(addition.id) ?? place.insertBefore(makeRow(addition, t), place.firstChild);
    const status = row.querySelector<HTMLElement>('[data-status]');
    const text = saved.includes(addition) ? '' : statusOf(addition, t);
    if (status && status.textContent !== text) status.textContent = text;
    for (const button of row.querySelectorAll('button')) button.hidden = addition.reason === undefined;
  }
}

/** A saved addition keeps its row until the server has drawn the page. */
export function keepSaved(addition: Addition): void {
  saved.push(addition);
}

export function forgetSaved(): void {
  saved = [];
}

/** Whether the task is the one being sent: its own row takes the place of the unsaved one. */
export function isBeingSaved(text: string, listId: number): boolean {
  const first = pendingAdditions().find(({ reason }) => reason === undefined);
  const is = first?.listId === listId && plain(first.text) === plain(text);
  if (is) shown.add(first.id);
  return is;
}

const plain = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim();

const statusOf = (addition: Addition, t: Translate): string =>
  addition.reason === undefined ? t(isSlow() ? 'live.unsaved' : 'live.saving') : refusal(t, addition);

function makeRow(addition: Addition, t: Translate): HTMLElement {
  const row = element('li', 'unsaved');
  row.dataset.change = addition.id;
  const knot = element('span', 'knot');
  const line = document.createElement('bdi');
  line.className = 'line';
  line.textContent = addition.text;
  const meta = element('div', 'meta');
  const status = document.createElement('span');
  status.dataset.status = '';
  meta.append(
    status,
    button(t('live.takeBack'), () => takeBack(addition, true)),
    button(t('live.discard'), () => {
      withdraw(addition);
    }),
  );
  const text = element('div', 'text');
  text.append(line, meta);
  row.append(knot, text);
  return row;
}

function element(name: string, className: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function button(label: string, onPress: () => void): HTMLElement {
  const made = element('button', 'as-link');
  (made as HTMLButtonElement).type = 'button';
  made.textContent = label;
  made.addEventListener('click', onPress);
  return made;
}
