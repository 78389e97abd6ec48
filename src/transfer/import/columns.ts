import { type ImportAttribute, importAttributes } from '../../schemas/import.ts';
import { fold } from './words.ts';

/** The column of a CSV file, from 0, for each attribute. */
export type Columns = Partial<Record<ImportAttribute, number>>;

/**
 * The names that programs give to columns, best first: a name of an earlier line is preferred, so that of `Title` and
 * `Description` the title is the task and the description its notes.
 */
const NAMES: Record<ImportAttribute, string> = {
  id: `
    task id, card id, issue key, external id, key, uuid, uid, issue id, id, identifier
    id. de tarea, id de la tarea, id de tarea, id de la tarjeta, identificador de la tarea, clave de incidencia,
    clave, identificador
    任务 id, 任务编号, 卡片 id, 问题关键字, 事务关键字, 编号, 标识符, 标识
    معرف المهمة, رقم المهمة, معرف البطاقة, مفتاح المشكلة, مفتاح القضية, المعرف, معرف
    number, número, 号码, 序号, الرقم`,
  description: `
    title, task name, task title, card name, card title, issue title
    título, nombre de la tarea, nombre de tarea, título de la tarea, nombre de la tarjeta, título de la tarjeta
    标题, 任务名称, 任务名, 任务标题, 卡片名称, 卡片标题
    العنوان, عنوان, اسم المهمة, عنوان المهمة, اسم البطاقة, عنوان البطاقة
    task, subject, summary, tarea, asunto, resumen, 任务, 主题, 摘要, 概要, 概述, المهمة, مهمة, الموضوع, الملخص, ملخص
    name, nombre, 名称, 名字, الاسم, اسم
    to do, todo, item, action, what, por hacer, elemento, acción, 待办, 待办事项, 事项, 项目名, ما يجب فعله, العنصر, البند
    content, text, contenido, texto, 内容, 文本, المحتوى, النص
    description, descripción, 描述, 说明, الوصف, وصف`,
  notes: `
    notes, note, notas, nota, 备注, 笔记, 附注, 便笺, 注释, ملاحظات, الملاحظات, ملاحظة
    description, card description, task description, descripción, descripción de la tarjeta, descripción de la tarea
    描述, 说明, 卡片描述, 卡片说明, 任务描述, 任务说明, الوصف, وصف, وصف البطاقة, وصف المهمة
    details, detail, body, detalles, cuerpo, 详情, 详细信息, 正文, 细节, التفاصيل, تفاصيل, نص المهمة
    content, text, contenido, texto, 内容, 文本, المحتوى, النص
    comments, comment, comentarios, comentario, 评论, التعليقات, تعليقات, تعليق`,
  completed: `
    completed, done, complete, is completed, is done, finished, due complete, checked, checkbox, % complete,
    percent done, percent complete
    hecho, hecha, completado, completada, terminado, terminada, finalizado, finalizada, % completado, completo,
    hecha (sí o no)
    完成, 已完成, 是否完成, 完成情况, 完成百分比, 已完成（是或否）
    تم, مكتملة, مكتمل, منجزة, منجز, تم الإنجاز, نسبة الإكمال, النسبة المئوية للإكمال, منجزة (نعم أو لا)
    status category, task status, status, state, progress, stage, categoría de estado, estado de la tarea, estado,
    progreso
    状态类别, 任务状态, 状态, 进度, 阶段, فئة الحالة, حالة المهمة, الحالة, حالة, التقدم, المرحلة
    archived, archivado, archivada, 已归档, مؤرشف, مؤرشفة`,
  completedAt: `
    completed at, completed on, completed date, completed time, completion date, completion time, date completed,
    done at, done on
    done date, finished at, finished on, closed at, closed on, date closed, resolved, resolved at, resolution date
    completada el, completado el, hecha el, terminada el, fecha de finalización, fecha de terminación,
    fecha de completado
    fecha completada, fecha de cierre, resuelta, resuelto, fecha de resolución
    完成日期, 完成时间, 完成于, 已解决, 解决日期, 解决时间, 关闭日期
    تاريخ الإكمال, تاريخ الاكتمال, تاريخ الإنجاز, وقت الإكمال, وقت الاكتمال, تم الحل, تاريخ الحل, تاريخ الإغلاق`,
  dueOn: `
    due on, due date, due, due at, date due, due by, due date time
    fecha de vencimiento, vencimiento, vence, vence el, fecha de entrega
    截止日期, 截止时间, 到期日期, 到期日, 到期时间, 到期, 截止
    تاريخ الاستحقاق, الاستحقاق, موعد الاستحقاق, مستحقة في
    deadline, fecha límite, plazo, 期限, 最后期限, الموعد النهائي
    date, when, fecha, cuándo, 日期, 时间, التاريخ, تاريخ, الموعد`,
  priority: `
    priority, importance, priority level, urgency, prioridad, importancia, nivel de prioridad, urgencia
    优先级, 优先, 优先级别, 重要性, 紧急程度, الأولوية, أولوية, الأهمية, مستوى الأولوية`,
  order: `
    order, manual order, position, rank, sort, sort order, orden, orden manual, posición
    顺序, 手动顺序, 排序, 位置, الترتيب, الترتيب اليدوي, الموضع`,
  categories: `
    categories, category, labels, label, tags, tag, categorías, categoría, etiquetas, etiqueta
    类别, 分类, 标签, التصنيفات, التصنيف, الفئات, الفئة, الوسوم, العلامات, التسميات, تسميات
    bucket name, bucket, section/column, section, list name, list, task list, column, column name
    nombre del depósito, depósito, nombre del cubo, sección/columna, sección, nombre de la lista, lista, columna
    存储桶名称, 桶名称, 存储桶, 板块/列, 分区, 部分, 列表名称, 列表, 清单, 任务列表, 栏目, 列
    اسم المستودع, المستودع, اسم الحاوية, القسم/العمود, القسم, اسم القائمة, القائمة, العمود
    project name, project, projects, folder name, folder, components, component/s, area, group
    nombre del proyecto, proyecto, proyectos, carpeta, componentes, área, grupo
    项目名称, 项目, 文件夹, 模块, 领域, 组, اسم المشروع, المشروع, المشاريع, المجلد, المكونات, المجموعة`,
  availableFrom: `
    available from, show from, defer date, defer until, hide until, mostrar desde, disponible desde, aplazar hasta
    开始显示, 推迟到, إظهار من, متاح من, مؤجل حتى`,
  availableUntil: `
    available until, show until, until, expires, mostrar hasta, disponible hasta, hasta, caduca
    停止显示, 直到, إظهار حتى, متاح حتى, حتى`,
  deletedAt: 'deleted at, eliminada el, 删除时间, تاريخ الحذف',
};

const names = Object.fromEntries(
  Object.entries(NAMES).map(([attribute, text]) => [
    attribute,
    text
      .split(/[,\n]/)
      .map(fold)
      .filter((name) => name !== ''),
  ]),
) as Record<ImportAttribute, string[]>;

/** Programs whose columns mean something else than their names say; recognized by all of these. */
const PROGRAMS = {
  todoist: {
    has: ['type', 'content', 'priority', 'indent'],
    columns: { description: 'content', notes: 'description', dueOn: 'date' },
  },
  ticktick: { has: ['title', 'kind', 'ischecklist', 'content'], columns: {} },
  ticktickOld: { has: ['listname', 'title', 'content', 'ischecklist'], columns: {} },
  trello: { has: ['cardid', 'cardname'], columns: {} },
  vikunja: { has: ['title', 'done', 'percentdone'], columns: {} },
  outlook: { has: ['subject', 'importance'], columns: {} },
  outlookTasks: { has: ['subject', 'remindertime', 'priority'], columns: {} },
  microsoftToDo: { has: ['title', 'importance', 'status'], columns: {} },
} satisfies Record<string, { has: string[]; columns: Partial<Record<ImportAttribute, string>> }>;
export type Program = 'todoist' | 'ticktick' | 'trello' | 'vikunja' | 'outlook';

const PROGRAM: Record<keyof typeof PROGRAMS, Program> = {
  todoist: 'todoist',
  ticktick: 'ticktick',
  ticktickOld: 'ticktick',
  trello: 'trello',
  vikunja: 'vikunja',
  microsoftToDo: 'outlook',
  outlook: 'outlook',
  outlookTasks: 'outlook',
};

const definitionOf = (header: readonly string[]) => {
  const found = new Set(header.map(fold));
  return (Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]).find((name) =>
    PROGRAMS[name].has.every((column) => found.has(column)),
  );
};

/** The program whose numbers and columns need to be read its own way; null for any other. */
export function programOf(header: readonly string[]): Program | null {
  const name = definitionOf(header);
  return name ? PROGRAM[name] : null;
}

/** By all names in the header together; a column is used once, for the best match. */
export function guessColumns(header: readonly string[]): Columns {
  const folds = header.map(fold);
  const program = definitionOf(header);
  const own: Partial<Record<ImportAttribute, string>> = program ? PROGRAMS[program].columns : {};
  const columns: Columns = {};
  const used = new Set<number>();
  const take = (attribute: ImportAttribute, wanted: readonly string[]): void => {
    const found = wanted.map((name) => folds.indexOf(name)).find((column) => column >= 0 && !used.has(column));
    if (found === undefined) return;
    columns[attribute] = found;
    used.add(found);
  };
  for (const attribute of importAttributes) take(attribute, own[attribute] ? [own[attribute]] : names[attribute]);
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

/** The columns with the same name as this one, and itself: some programs write each label in a column of its own. */
export function columnsNamedAlike(header: readonly string[], column: number): number[] {
  const name = fold(header[column] ?? '');
  const all = header.flatMap((other, index) => (fold(other) === name ? [index] : []));
  return name === '' || all.length === 0 ? [column] : all;
}

/** Rows before the header that are looked at. */
export const HEADER_WITHIN = 30;

/**
 * Which of the first rows is the header: the first, unless it names no task, or fewer columns, and a later one does.
 * Programs write their name, dates and explanations before it.
 */
export function headerAmong(rows: readonly (readonly string[])[]): number {
  const scores = rows.slice(0, HEADER_WITHIN).map((cells) => {
    const columns = guessColumns(cells);
    return columns.description === undefined ? 0 : Object.keys(columns).length;
  });
  const best = scores.reduce((most, each) => Math.max(most, each), 0);
  return best > 1 && best > (scores[0] ?? 0) ? scores.indexOf(best) : 0;
}
