import type { TaskRecord } from '../../models/task-record.ts';
import type { TaskPayload } from '../../shared/events.ts';
import { presentCategory } from './category.ts';

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;

/** The fields of a task that leave the house: pages, sockets and API show these and no others. */
export const presentTask = (task: TaskRecord): TaskPayload => ({
  id: task.id,
  description: task.description,
  notes: task.notes,
  completed: task.completedAt !== null,
  completedAt: iso(task.completedAt),
  dueOn: task.dueOn,
  priority: task.priority,
  order: task.position,
  feedId: task.feedId,
  userId: task.userId,
  assigneeId: task.assigneeId,
  availableFrom: iso(task.availableFrom),
  availableUntil: iso(task.availableUntil),
  available: task.available,
  externalProvider: task.externalProvider,
  externalId: task.externalId,
  revision: task.revision,
  textRevision: task.textRevision,
  createdAt: task.createdAt.toISOString(),
  updatedAt: task.updatedAt.toISOString(),
  deletedAt: iso(task.deletedAt),
  user: task.userId === null ? null : { id: task.userId, name: task.userName ?? '' },
  categories: (task.categories ?? []).map(presentCategory),
});
