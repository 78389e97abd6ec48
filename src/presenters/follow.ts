import type { FollowedTask } from '../models/follow/queries.ts';
import { presentTaskResource } from './task.ts';

interface StoredFollow {
  id: number;
  taskId: number;
  read: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** @param url makes an absolute URL of a path of the API */
export const presentFollow = (
  { id, taskId, read, createdAt, updatedAt }: StoredFollow,
  url: (path: string) => string,
) => ({
  id,
  url: url(`/follows/${String(id)}`),
  taskId,
  read,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

/** @param url makes an absolute URL of a path of the API */
export const presentFollowedTask = (task: FollowedTask, url: (path: string) => string) => ({
  ...presentTaskResource(task, url, { include: ['user'] }),
  follows: [{ id: task.followId, read: task.read }],
});
