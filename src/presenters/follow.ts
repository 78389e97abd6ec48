import type { InboxItem } from '../models/follow/inbox.ts';
import type { MarkedTask } from '../models/follow/followed-tasks.ts';
import type { TaskRecord } from '../models/task/record.ts';
import { presentTaskResource } from './task-resource.ts';

type Address = (path: string) => string;

interface StoredMark {
  id: number;
  taskId: number;
  read: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** @param address of the API's paths, absolute */
export const presentMark = ({ id, taskId, read, createdAt, updatedAt }: StoredMark, address: Address) => ({
  ...core(id, taskId, read, address),
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

export const presentMarkedTask = (task: MarkedTask, address: Address) => ({
  ...authored(task, address),
  marks: [{ id: task.markId, read: task.read }],
});

export function presentInboxItem(item: InboxItem, address: Address) {
  const { id, markId, read, newsAt, deed } = item;
  return {
    mark: core(markId, id, read, address),
    newsAt: newsAt.toISOString(),
    task: authored(item, address),
    change: deed && {
      name: deed.name,
      columns: Object.keys(deed.changes ?? {}),
      actor: deed.actorId === null || deed.actor === null ? null : { id: deed.actorId, name: deed.actor },
      at: deed.createdAt.toISOString(),
    },
  };
}

const core = (id: number, taskId: number, read: boolean, address: Address) => ({
  id,
  url: address(`/marks/${String(id)}`),
  taskId,
  read,
});

const authored = (task: TaskRecord, address: Address) => presentTaskResource(task, address, { include: ['user'] });
