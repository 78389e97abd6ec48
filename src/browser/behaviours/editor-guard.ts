import type { TaskEvent } from '../../shared/events.ts';

/** Tells an open editor that its task has changed elsewhere. The text in it is the person's and stays. */
export function warnEditors(task: TaskEvent): void {
  for (const editor of document.querySelectorAll<HTMLElement>(`[data-editor][data-task="${task.id}"]`)) {
    const changed = 'gone' in task || task.textRevision > Number(editor.dataset.textRevision);
    const note = editor.querySelector<HTMLElement>('[data-changed-elsewhere]');
    if (note && changed) note.hidden = false;
  }
}

/** The same of a page that has been loaded afresh, where no event tells. */
export function compareEditors(fresh: Document): void {
  for (const editor of document.querySelectorAll<HTMLElement>('[data-editor]')) {
    const now = fresh.querySelector<HTMLElement>('[data-editor]');
    const note = editor.querySelector<HTMLElement>('[data-changed-elsewhere]');
    if (note && now?.dataset.textRevision !== editor.dataset.textRevision) note.hidden = false;
  }
}
