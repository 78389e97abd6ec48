import type { Task } from './task.ts';

/** An edit made on an older text: the person sees both and decides. Nothing was stored. */
export class EditConflict extends Error {
  readonly stored: Task;

  constructor(stored: Task) {
    super('the text has changed since it was opened');
    this.name = 'EditConflict';
    this.stored = stored;
  }
}
