import type { TaskEvent } from '../../shared/events.ts';

/** Shows in an open editor that its task changed elsewhere; the typed text stays. */
export function warnEditors(task: TaskEvent): void {
  for (const editor of document.querySelectorAll<HTMLElement>(`[data-editor][data-task="${task.id}"]`)) {
    if ('gone' in task) show(editor, '[data-gone-elsewhere]');
    else if (task.textRevision > Number(editor.dataset.textRevision)) show(editor, '[data-changed-elsewhere]');
  }
}

/** The same for a freshly loaded page, without an event. */
export function compareEditors(fresh: Document): void {
  for (const editor of document.querySelectorAll<HTMLElement>('[data-editor]')) {
    const now = fresh.querySelector<HTMLElement>('[data-editor]');
    if (!now) show(editor, '[data-gone-elsewhere]');
    else if (now.dataset.textRevision !== editor.dataset.textRevision) show(editor, '[data-changed-elsewhere]');
  }
}

function show(editor: HTMLElement, selector: string): void {
  const note = editor.querySelector<HTMLElement>(selector);
  if (note) note.hidden = false;
}
