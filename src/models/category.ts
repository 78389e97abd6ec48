import { DataTypes, Model, Op, UniqueConstraintError, literal, type BelongsToManyGetAssociationsMixin, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Sequelize } from 'sequelize';
import { announce } from '../events/index.ts';
import { InvalidInput } from '../lib/invalid-input.ts';
import { prepared } from '../lib/prepared.ts';
import type { CategoryColor } from '../shared/limits.ts';
import type { LocalizedText } from '../shared/events.ts';
import type { CategoryRecord } from './task-record.ts';
import type { Task } from './task.ts';
import { afterCommit, unitOfWork } from './unit-of-work.ts';
import { feedsOf, type Viewer } from './viewer.ts';

export interface CategoryInput {
  /** The original name; translations that are there stay. */
  name: string;
  color: CategoryColor;
}

/** A coloured label in a feed. */
export class Category extends Model<InferAttributes<Category>, InferCreationAttributes<Category>> {
  declare id: CreationOptional<number>;
  declare feedId: number;
  declare name: LocalizedText;
  declare color: CategoryColor;
  declare seed: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
  declare getTasks: BelongsToManyGetAssociationsMixin<Task>;

  static define(sequelize: Sequelize): void {
    const changed = ({ id, feedId }: Category): void => {
      afterCommit(() => { announce('changed', 'category_changed', { id, feedId }); });
    };
    Category.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        feedId: { type: DataTypes.INTEGER, allowNull: false },
        name: { type: DataTypes.JSONB, allowNull: false },
        color: { type: DataTypes.TEXT, allowNull: false },
        seed: { type: DataTypes.BOOLEAN, defaultValue: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'categories', hooks: { afterCreate: changed, afterUpdate: changed, afterDestroy: changed } },
    );
  }

  /** The categories of the viewer's feeds by name, each with how many open tasks carry it. */
  static list(viewer: Viewer): Promise<(CategoryRecord & { open: number })[]> {
    return prepared(Category.sequelize!, 'categories-list', LIST, [viewer.id]);
  }

  /** @returns null where it is not there or not in a feed of the viewer */
  static async visible(viewer: Viewer, id: number): Promise<Category | null> {
    return Category.findOne({ where: { id, feedId: { [Op.in]: literal(feedsOf(Category.sequelize!.escape(viewer.id))) } } });
  }

  /** Makes a category in one of the viewer's feeds. @throws InvalidInput when the feed has that name already */
  static write(viewer: Viewer, feedId: number, { name, color }: CategoryInput): Promise<Category> {
    return namedOnce(() => unitOfWork(Category.sequelize!, viewer.id, () => Category.create({ feedId, name: { original: name }, color })));
  }

  /** @throws InvalidInput when the feed has that name already */
  rewrite(viewer: Viewer, { name, color }: CategoryInput): Promise<Category> {
    return namedOnce(() => unitOfWork(Category.sequelize!, viewer.id, () => this.update({ name: { ...this.name, original: name }, color })));
  }

  /** Removes the label; its tasks stay, and are locked first: tasks, then feeds, always. */
  async remove(viewer: Viewer): Promise<void> {
    await unitOfWork(Category.sequelize!, viewer.id, async (transaction) => {
      await this.getTasks({ attributes: ['id'], order: [['id', 'ASC']], lock: transaction.LOCK.NO_KEY_UPDATE, paranoid: false, joinTableAttributes: [] });
      await this.destroy();
    });
  }
}

async function namedOnce(work: () => Promise<Category>): Promise<Category> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof UniqueConstraintError) throw new InvalidInput({ path: 'name', message: 'errors.categoryNameTaken' });
    throw fault;
  }
}

const LIST = `
  SELECT c.id, c.feed_id AS "feedId", c.name, c.color, (
    SELECT count(*) FROM task_categories tc JOIN tasks t ON t.id = tc.task_id
    WHERE tc.category_id = c.id AND t.deleted_at IS NULL AND t.completed_at IS NULL AND t.available
  )::integer AS open
  FROM categories c WHERE c.feed_id IN ${feedsOf('$1')} ORDER BY lower(c.name ->> 'original'), c.id`;
