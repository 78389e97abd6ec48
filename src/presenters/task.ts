import type { TaskRecord } from '../models/task/record.ts';
import type { PersonPayload, TaskPayload } from '../shared/events.ts';
import { presentCategory } from './category.ts';

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;

/** Who is behind a task; null for nobody, and where the account is gone. */
export const personOf = (id: number | null, name: string | null): PersonPayload | null =>
  id === null ? null : { id, name: name ?? '' };

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
  listId: task.listId,
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
  user: personOf(task.userId, task.userName),
  assignee: personOf(task.assigneeId, task.assigneeName),
  categories: (task.categories ?? []).map(presentCategory),
});
