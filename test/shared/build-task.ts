import type { TaskPayload } from '../../src/shared/events.ts';

/** A task payload. */
export function aTask(attributes: Partial<TaskPayload> = {}): TaskPayload {
  const completedAt = attributes.completedAt ?? null;
  return {
    id: 1,
    description: 'Book the hall',
    notes: null,
    completed: completedAt !== null,
    completedAt,
    dueOn: null,
    priority: 0,
    order: null,
    listId: 1,
    userId: 1,
    assigneeId: null,
    availableFrom: null,
    availableUntil: null,
    available: true,
    externalProvider: null,
    externalId: null,
    revision: 1,
    textRevision: 1,
    createdAt: '2026-11-21T08:00:00.000Z',
    updatedAt: '2026-11-21T08:00:00.000Z',
    deletedAt: null,
    user: { id: 1, name: 'Ana' },
    assignee: null,
    categories: [],
    ...attributes,
  };
}
