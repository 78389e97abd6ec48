import { literal, Op, type InferAttributes, type LOCK } from 'sequelize';
import { inVisibleLists, type Viewer } from '../../database/visible-lists.ts';
import type { TaskRecord } from './record.ts';
import { Task } from './task.ts';

/**
 * A task to change. @param inTrash true: it must be in the trash; 'too': it may be
 * @returns null where it does not exist or is not the viewer's
 */
export function findVisibleTask(
  viewer: Viewer,
  id: number,
  { inTrash = false, lock }: { inTrash?: boolean | 'too'; lock?: LOCK | undefined } = {},
): Promise<Task | null> {
  return Task.findOne({
    where: { id, listId: inVisibleLists(viewer), ...(inTrash === true && { deletedAt: { [Op.ne]: null } }) },
    paranoid: inTrash === false,
    ...(lock && { lock }),
  });
}

type TaskDetails = InferAttributes<Task> & Pick<Task, 'user' | 'assignee' | 'categories'>;

/**
 * A task to show, with author, assignee and categories.
 * @returns null where it does not exist or is not the viewer's, and in the trash unless asked for
 */
export async function findTaskDetails(
  viewer: Viewer,
  id: number,
  { inTrash = false } = {},
): Promise<TaskRecord | null> {
  const task = await Task.findOne({
    where: { id, listId: inVisibleLists(viewer) },
    paranoid: !inTrash,
    attributes: { exclude: ['formKey', 'seed'] },
    include: [
      { association: 'user', attributes: ['name'] },
      { association: 'assignee', attributes: ['name'] },
      { association: 'categories', attributes: ['id', 'listId', 'name', 'color'], through: { attributes: [] } },
    ],
    order: [literal(`"categories".folded_name, "categories".id`)],
  });
  if (!task) return null;
  const { user, assignee, categories, ...columns } = task.get() as TaskDetails;
  return {
    ...columns,
    userName: user?.name ?? null,
    assigneeName: assignee?.name ?? null,
    categories: categories?.length
      ? categories.map(({ id: categoryId, listId, name, color }) => ({ id: categoryId, listId, name, color }))
      : null,
  };
}
