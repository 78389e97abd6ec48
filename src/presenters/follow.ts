import type { InboxItem } from '../models/follow/inbox.ts';
import type { TaskRecord } from '../models/task/record.ts';
import { presentTaskResource } from './task-resource.ts';
import type { FollowedTask } from '../models/follow/queries.ts';

type Address = (path: string) => string;

interface StoredFollow {
  id: number;
  taskId: number;
  read: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** @param address of the API's paths, absolute */
export const presentFollow = ({ id, taskId, read, createdAt, updatedAt }: StoredFollow, address: Address) => ({
  ...core(id, taskId, read, address),
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

export const presentFollowedTask = (task: FollowedTask, address: Address) => ({
  ...authored(task, address),
  follows: [{ id: task.followId, read: task.read }],
});

export function presentInboxItem(item: InboxItem, address: Address) {
  const { id, followId, read, newsAt, entry } = item;
  return {
    follow: core(followId, id, read, address),
    newsAt: newsAt.toISOString(),
    task: authored(item, address),
    change: entry && {
      name: entry.name,
      columns: Object.keys(entry.changes ?? {}),
      actor: entry.actorId === null || entry.actor === null ? null : { id: entry.actorId, name: entry.actor },
      at: entry.createdAt.toISOString(),
    },
  };
}

const core = (id: number, taskId: number, read: boolean, address: Address) => ({
  id,
  url: address(`/follows/${String(id)}`),
  taskId,
  read,
});

const authored = (task: TaskRecord, address: Address) => presentTaskResource(task, address, { include: ['user'] });
