import { type ImportAttribute, importAttributes } from '../../schemas/import.ts';

/** The column of a CSV file, from 0, for each attribute. */
export type Columns = Partial<Record<ImportAttribute, number>>;

/** The names that other programs use, in lower case, letters and digits only. */
const NAMES: Record<ImportAttribute, readonly string[]> = {
  id: ['id', 'externalid', 'key', 'uuid', 'taskid', 'number', 'número', '编号', 'المعرف', 'الرقم'],
  description: [
    'description',
    'task',
    'taskname',
    'title',
    'name',
    'content',
    'subject',
    'summary',
    'todo',
    'text',
    'tarea',
    'título',
    'titulo',
    'nombre',
    'descripción',
    '任务',
    '标题',
    '名称',
    '描述',
    'المهمة',
    'العنوان',
    'الاسم',
    'الوصف',
  ],
  notes: [
    'notes',
    'note',
    'details',
    'comment',
    'comments',
    'body',
    'notas',
    'nota',
    'detalles',
    '备注',
    '笔记',
    '说明',
    'ملاحظات',
    'التفاصيل',
  ],
  completed: [
    'completed',
    'done',
    'complete',
    'iscompleted',
    'finished',
    'status',
    'state',
    'hecho',
    'hecha',
    'completada',
    'estado',
    '完成',
    '已完成',
    '状态',
    'تم',
    'مكتملة',
    'الحالة',
  ],
  completedAt: ['completedat', 'completedon', 'completiondate', 'datecompleted', 'finishedat', 'closedat'],
  dueOn: [
    'dueon',
    'due',
    'duedate',
    'dueat',
    'deadline',
    'date',
    'fecha',
    'vence',
    'fechalímite',
    'vencimiento',
    '截止',
    '截止日期',
    '日期',
    'الاستحقاق',
    'تاريخالاستحقاق',
    'التاريخ',
  ],
  priority: ['priority', 'importance', 'prioridad', '优先级', 'الأولوية'],
  order: ['order', 'position', 'rank', 'sort', 'orden', '顺序', 'الترتيب'],
  categories: [
    'categories',
    'category',
    'labels',
    'label',
    'tags',
    'tag',
    'list',
    'project',
    'section',
    'folder',
    'categorías',
    'categoría',
    'etiquetas',
    'proyecto',
    '类别',
    '分类',
    '标签',
    'التصنيفات',
    'التصنيف',
    'الوسوم',
  ],
  availableFrom: ['availablefrom', 'startdate', 'start', 'starton', 'deferdate', 'inicio'],
  availableUntil: ['availableuntil', 'until', 'expires', 'enddate', 'hasta'],
  deletedAt: ['deletedat'],
};

/** By the names in the header; a column is used once, for the best match. */
export function guessColumns(header: readonly string[]): Columns {
  const names = header.map((name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  const columns: Columns = {};
  const used = new Set<number>();
  for (const attribute of importAttributes) {
    const found = NAMES[attribute]
      .map((name) => names.indexOf(name))
      .find((column) => column >= 0 && !used.has(column));
    if (found === undefined) continue;
    columns[attribute] = found;
    used.add(found);
  }
  return columns;
}

/** Overrides the guess by what the person chose; a column is used once. @param chosen null: no column */
export function chooseColumns(
  guessed: Columns,
  chosen: readonly (readonly [ImportAttribute, number | null])[],
): Columns {
  const taken = new Set(chosen.map(([, column]) => column));
  const kept = Object.entries(guessed).filter(
    ([attribute, column]) => !taken.has(column) && !chosen.some(([name]) => name === attribute),
  );
  return Object.fromEntries([...kept, ...chosen.filter(([, column]) => column !== null)]);
}
