/** How lists of tasks are sorted, and how a page continues after the last one. */
import type { Bind } from '../../database/sql.ts';
import type { Cursor, CursorPart } from '../../database/cursor.ts';
import type { TaskSortName } from '../../schemas/task-query.ts';
import type { TaskRecord } from './record.ts';

interface Sortable extends CursorPart {
  column: string;
  type: string;
  key: keyof TaskRecord;
}

/** The allow-list, by the names of the attributes in the API. */
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

/** A stable order: by these columns, then by the id in the direction of the last of them. */
export interface TaskOrder {
  columns: SortColumn[];
  descending: boolean;
}

/** @param present sort attributes that are never null in this list: their indexes serve both directions */
export function orderBy(sort: readonly SortKey[], present: readonly SortName[]): TaskOrder {
  const idPosition = sort.findIndex(({ by }) => by === 'id');
  const asked = idPosition < 0 ? sort : sort.slice(0, idPosition);
  return {
    columns: asked.map(({ by, descending }) => {
      const sortable: Sortable = sortables[by];
      return { ...sortable, descending, nullable: (sortable.nullable ?? false) && !present.includes(by) };
    }),
    descending: (idPosition < 0 ? sort.at(-1) : sort[idPosition])?.descending ?? false,
  };
}

/** A part of a list that one index delivers in order. */
export interface Piece {
  name: 'all' | 'with' | 'without';
  order: TaskOrder;
  conditions: string[];
  after: Cursor | null;
}

/**
 * The pieces of a list after the cursor, in order. Rows where the first value is null are a piece of their own:
 * together with the others, the index served neither the last pages nor the descending order (280 ms of 300,000).
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

/** `ORDER BY`, with nulls last in both directions. */
export const orderClause = (order: TaskOrder, table = ''): string => `ORDER BY ${orderTerms(order, table)}`;

/** What follows `ORDER BY`. */
export function orderTerms({ columns, descending }: TaskOrder, table = ''): string {
  const terms = columns.map(
    (one) => `${table}${one.column} ${direction(one.descending)}${one.nullable && one.descending ? ' NULLS LAST' : ''}`,
  );
  return [...terms, `${table}id ${direction(descending)}`].join(', ');
}

/** The conditions of the piece, after its cursor. */
export const pieceConditions = ({ order, after, conditions }: Piece, bind: Bind): string[] => [
  ...conditions,
  ...(after ? [afterCursor(order, after, bind)] : []),
];

/** The condition on rows after the cursor. */
export function afterCursor({ columns, descending }: TaskOrder, cursor: Cursor, bind: Bind): string {
  const keys = [...columns, { column: 'id', type: 'integer', descending, nullable: false }].map((key, n) => {
    const value = cursor[n] ?? null;
    return { ...key, value, place: value === null ? '' : `${bind(value)}::${key.type}` };
  });
  // A row comparison uses the whole index; separate conditions use only its first columns.
  if (keys.every((key) => !key.nullable && key.descending === descending)) {
    const columnNames = keys.map(({ column }) => column).join(', ');
    return `(${columnNames}) ${than(descending)} (${keys.map(({ place }) => place).join(', ')})`;
  }
  const [first] = keys;
  const start =
    first && first.value !== null && !first.nullable
      ? `${first.column} ${than(first.descending)}= ${first.place} AND `
      : '';
  const equal: string[] = [];
  const alternatives: string[] = [];
  for (const { column, place, value, nullable, descending: down } of keys) {
    if (value !== null)
      alternatives.push(
        [
          ...equal,
          nullable ? `(${column} ${than(down)} ${place} OR ${column} IS NULL)` : `${column} ${than(down)} ${place}`,
        ].join(' AND '),
      );
    equal.push(value === null ? `${column} IS NULL` : `${column} = ${place}`);
  }
  return `${start}(${alternatives.map((alternative) => `(${alternative})`).join(' OR ')})`;
}

/** The cursor of a page that ends with this task. */
export function cursorOf({ columns }: TaskOrder, task: Pick<TaskRecord, 'id'> & Partial<TaskRecord>): Cursor {
  const values = columns
    .map(({ key }) => task[key])
    .map((value) => (value instanceof Date ? value.toISOString() : (value as string | number | null)));
  return [...values, task.id];
}

const direction = (descending: boolean): string => (descending ? 'DESC' : 'ASC');
const than = (descending: boolean): string => (descending ? '<' : '>');
