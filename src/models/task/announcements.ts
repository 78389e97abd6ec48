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
    tellFeeds('new_task', tasks);
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

function tell(name: TaskEventName, { id, feedId }: { id: number | null; feedId: number | null }): void {
  afterCommit(() => {
    announce('changed', name, { id, feedId });
  });
}

function tellFeeds(name: TaskEventName, tasks: readonly Task[]): void {
  for (const feedId of new Set(tasks.map((task) => task.feedId))) tell(name, { id: null, feedId });
}

/** A bulk change does not say which rows it met: all feeds that are open here are compared. */
const tellAll = (name: TaskEventName): void => {
  tell(name, { id: null, feedId: null });
};
