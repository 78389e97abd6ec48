/**
 * Pressing a task's circle completes or reopens it, however fast one press follows the other: each is shown at once and
 * waits in the outbox.
 */
import { enqueue, pendingToggles, uuid } from './outbox.ts';

/** Circles of rows, and "Undo" of a notice. */
const FORMS = '[data-rows] form, [data-flash] form';
const COMPLETION = /^\/tasks\/(\d+)\/completion$/;

export function startToggles(): void {
  document.addEventListener(
    'submit',
    (event) => {
      const form = event.target instanceof HTMLFormElement && event.target.matches(FORMS) ? event.target : null;
      const task = form && COMPLETION.exec(new URL(form.action).pathname)?.[1];
      if (!form || !task) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const row = form.closest<HTMLElement>('[data-task]');
      const last = pendingToggles().findLast((toggle) => toggle.task === Number(task));
      enqueue([
        {
          kind: 'toggle',
          id: uuid(),
          text: row?.querySelector('.line')?.textContent ?? '',
          task: Number(task),
          done: last ? !last.done : !new FormData(form).has('_method'),
          page: location.pathname + location.search,
        },
      ]);
      if (!row) form.closest('[data-flash]')?.dispatchEvent(new Event('dismiss', { bubbles: true }));
    },
    { capture: true },
  );
}

/** Shows on each row what was pressed and is not saved yet. */
export function showPendingToggles(): void {
  const pending = new Map(pendingToggles().map(({ task, done }) => [String(task), done]));
  for (const row of document.querySelectorAll<HTMLElement>('[data-rows] > [data-task]')) {
    const done = pending.get(row.dataset.task ?? '');
    if (done === undefined) delete row.dataset.saving;
    else row.dataset.saving = done ? 'done' : 'open';
  }
}
