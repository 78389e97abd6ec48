import { announce } from '../../events/index.ts';
import type { TaskEventName } from '../../shared/events.ts';
import type { Task } from './task.ts';
import { afterCommit } from '../../database/transaction.ts';

/** The Task hooks do one thing: once the change is committed, wake whoever tells the open tabs. */
export const taskHooks = {
  afterCreate: (task: Task) => {
    tell('new_task', task);
  },
  afterUpdate: (task: Task) => {
    tell('task_updated', task);
  },
  afterDestroy: (task: Task) => {
    tell('task_deleted', task);
  },
  afterRestore: (task: Task) => {
    tell('task_restored', task);
  },
  afterBulkCreate: (tasks: readonly Task[]) => {
    tellLists('new_task', tasks);
  },
  afterBulkUpdate: () => {
    tellAll('task_updated');
  },
  afterBulkDestroy: () => {
    tellAll('task_deleted');
  },
  afterBulkRestore: () => {
    tellAll('task_restored');
  },
};

function tell(name: TaskEventName, { id, listId }: { id: number | null; listId: number | null }): void {
  afterCommit(() => {
    announce('changed', name, { id, listId });
  });
}

function tellLists(name: TaskEventName, tasks: readonly Task[]): void {
  for (const listId of new Set(tasks.map((task) => task.listId))) tell(name, { id: null, listId });
}

/** A bulk change does not say which rows it met: all lists that are open here are compared. */
const tellAll = (name: TaskEventName): void => {
  tell(name, { id: null, listId: null });
};
