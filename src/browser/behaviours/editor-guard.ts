import type { TaskEvent } from '../../shared/events.ts';

/** Shows in an open editor that its task changed elsewhere; the typed text stays. */
export function warnEditors(task: TaskEvent): void {
  for (const editor of document.querySelectorAll<HTMLElement>(`[data-editor][data-task="${task.id}"]`)) {
    const changed = 'gone' in task || task.textRevision > Number(editor.dataset.textRevision);
    const note = editor.querySelector<HTMLElement>('[data-changed-elsewhere]');
    if (note && changed) note.hidden = false;
  }
}

/** The same for a freshly loaded page, without an event. */
export function compareEditors(fresh: Document): void {
  for (const editor of document.querySelectorAll<HTMLElement>('[data-editor]')) {
    const now = fresh.querySelector<HTMLElement>('[data-editor]');
    const note = editor.querySelector<HTMLElement>('[data-changed-elsewhere]');
    if (note && now?.dataset.textRevision !== editor.dataset.textRevision) note.hidden = false;
  }
}
