/** By what a list of tasks may be sorted, and how a page finds where the last one ended. */
import type { Bind } from '../../lib/sql-params.ts';
import type { Cursor, CursorPart } from '../../database/cursor.ts';
import type { TaskSortName } from '../../schemas/task-query.ts';
import type { TaskRecord } from './record.ts';

interface Sortable extends CursorPart {
  column: string;
  type: string;
  key: keyof TaskRecord;
}

/** The allow-list: attributes as programs name them. */
const sortables = {
  createdAt: { column: 'created_at', type: 'timestamptz', kind: 'time', key: 'createdAt' },
  updatedAt: { column: 'updated_at', type: 'timestamptz', kind: 'time', key: 'updatedAt' },
  deletedAt: { column: 'deleted_at', type: 'timestamptz', kind: 'time', key: 'deletedAt', nullable: true },
  completedAt: { column: 'completed_at', type: 'timestamptz', kind: 'time', key: 'completedAt', nullable: true },
  dueOn: { column: 'due_on', type: 'date', kind: 'date', key: 'dueOn', nullable: true },
  order: { column: 'position', type: 'double precision', kind: 'number', key: 'position', nullable: true },
  description: { column: 'description', type: 'text', kind: 'text', key: 'description' },
  priority: { column: 'priority', type: 'integer', kind: 'integer', key: 'priority' },
  revision: { column: 'revision', type: 'integer', kind: 'integer', key: 'revision' },
  listId: { column: 'list_id', type: 'integer', kind: 'integer', key: 'listId' },
  userId: { column: 'user_id', type: 'integer', kind: 'integer', key: 'userId', nullable: true },
  assigneeId: { column: 'assignee_id', type: 'integer', kind: 'integer', key: 'assigneeId', nullable: true },
  availableFrom: { column: 'available_from', type: 'timestamptz', kind: 'time', key: 'availableFrom', nullable: true },
  availableUntil: {
    column: 'available_until',
    type: 'timestamptz',
    kind: 'time',
    key: 'availableUntil',
    nullable: true,
  },
  externalProvider: {
    column: 'external_provider',
    type: 'text',
    kind: 'text',
    key: 'externalProvider',
    nullable: true,
  },
  externalId: { column: 'external_id', type: 'text', kind: 'text', key: 'externalId', nullable: true },
  id: { column: 'id', type: 'integer', kind: 'integer', key: 'id' },
} satisfies Record<TaskSortName, Sortable>;

export type SortName = TaskSortName;

export interface SortKey {
  by: SortName;
  descending: boolean;
}

export interface SortColumn extends Sortable {
  descending: boolean;
}

/** An order that stays put: by these columns, then by the id in the direction of the last of them. */
export interface TaskOrder {
  columns: SortColumn[];
  descending: boolean;
}

/** @param present sort attributes that every row of the list has: their indexes serve in both directions */
export function orderBy(sort: readonly SortKey[], present: readonly SortName[]): TaskOrder {
  const byId = sort.findIndex(({ by }) => by === 'id');
  const asked = byId < 0 ? sort : sort.slice(0, byId);
  return {
    columns: asked.map(({ by, descending }) => {
      const sortable: Sortable = sortables[by];
      return { ...sortable, descending, nullable: (sortable.nullable ?? false) && !present.includes(by) };
    }),
    descending: (byId < 0 ? sort.at(-1) : sort[byId])?.descending ?? false,
  };
}

/** A part of a list that an index gives in its order. */
export interface Piece {
  name: 'all' | 'with' | 'without';
  order: TaskOrder;
  conditions: string[];
  after: Cursor | null;
}

/**
 * The pieces of a list after the cursor, one behind the other. Rows without the first value are a piece of their
 * own: in one with the others the index gave neither the last pages nor the descending order (280 ms of 300,000).
 */
export function piecesOf(order: TaskOrder, after: Cursor | null): Piece[] {
  const [first, ...rest] = order.columns;
  if (!first?.nullable) return [{ name: 'all', order, conditions: [], after }];
  const without: Piece = {
    name: 'without',
    order: { ...order, columns: rest },
    conditions: [`${first.column} IS NULL`],
    after: after?.[0] === null ? (after.slice(1) as Cursor) : null,
  };
  if (after?.[0] === null) return [without];
  return [
    {
      name: 'with',
      order: { ...order, columns: [{ ...first, nullable: false }, ...rest] },
      conditions: [`${first.column} IS NOT NULL`],
      after,
    },
    without,
  ];
}

/** `ORDER BY`; where a value may be missing, such rows come last, whatever the direction. */
export function orderClause({ columns, descending }: TaskOrder, table = ''): string {
  const terms = columns.map(
    (one) => `${table}${one.column} ${direction(one.descending)}${one.nullable && one.descending ? ' NULLS LAST' : ''}`,
  );
  return `ORDER BY ${[...terms, `${table}id ${direction(descending)}`].join(', ')}`;
}

/** The condition on rows after the cursor. */
export function beyond({ columns, descending }: TaskOrder, cursor: Cursor, bind: Bind): string {
  const keys = [...columns, { column: 'id', type: 'integer', descending, nullable: false }].map((key, n) => {
    const value = cursor[n] ?? null;
    return { ...key, value, place: value === null ? '' : `${bind(value)}::${key.type}` };
  });
  // The whole index finds the place of a comparison of rows, and of several conditions only part of it.
  if (keys.every((key) => !key.nullable && key.descending === descending)) {
    return `(${keys.map(({ column }) => column).join(', ')}) ${than(descending)} (${keys.map(({ place }) => place).join(', ')})`;
  }
  const [first] = keys;
  const start =
    first && first.value !== null && !first.nullable
      ? `${first.column} ${than(first.descending)}= ${first.place} AND `
      : '';
  const alike: string[] = [];
  const ways: string[] = [];
  for (const { column, place, value, nullable, descending: down } of keys) {
    if (value !== null)
      ways.push(
        [
          ...alike,
          nullable ? `(${column} ${than(down)} ${place} OR ${column} IS NULL)` : `${column} ${than(down)} ${place}`,
        ].join(' AND '),
      );
    alike.push(value === null ? `${column} IS NULL` : `${column} = ${place}`);
  }
  return `${start}(${ways.map((way) => `(${way})`).join(' OR ')})`;
}

/** Where a page ends whose last row is this. */
export function cursorOf({ columns }: TaskOrder, task: TaskRecord): Cursor {
  const values = columns
    .map(({ key }) => task[key])
    .map((value) => (value instanceof Date ? value.toISOString() : (value as string | number | null)));
  return [...values, task.id];
}

const direction = (descending: boolean): string => (descending ? 'DESC' : 'ASC');
const than = (descending: boolean): string => (descending ? '<' : '>');
