/** The words of states and priorities in other programs, in the four languages of the pages. */
import type { Priority } from '../../shared/limits.ts';

/** Longer texts name no column, state or priority. */
const LONGEST_NAME = 200;

/** Case, accents, width, blanks and signs make no difference: `Fecha límite` and `fecha_limite` are one. */
export const fold = (text: string): string =>
  text.length > LONGEST_NAME
    ? ''
    : text
        .normalize('NFKD')
        .replace(/[^\p{L}\p{N}]/gu, '')
        .toLowerCase();

const folded = (text: string): string[] => text.split(/\s*[,|،]\s*/).map(fold);

const DONE = new Set([
  '✓',
  '✔',
  '☑',
  '✅',
  ...folded(`true, yes, y, x, done, complete, completed, closed, resolved, finished, fixed, checked, shipped, released,
    cancelled, canceled, won't do, won't fix, rejected, archived, abandoned, duplicate, 100%`),
  ...folded(`sí, si, verdadero, hecho, hecha, listo, lista, completo, completa, completado, completada, terminado,
    terminada, finalizado, finalizada, cerrado, cerrada, resuelto, resuelta, cancelado, cancelada, archivado,
    archivada`),
  ...folded('是, 真, 完成, 已完成, 完毕, 已关闭, 关闭, 已解决, 解决, 已结束, 结束, 已取消, 取消, 已归档, 归档'),
  ...folded(`نعم, صحيح, تم, تمت, منجز, منجزة, مكتمل, مكتملة, مكتملا, اكتمل, اكتملت, منتهي, منتهية, انتهى, انتهت, مغلق,
    مغلقة, محلول, تم الحل, تم الإنجاز, ملغى, ملغاة, مؤرشف`),
]);

const OPEN = new Set([
  '',
  '-',
  '–',
  '—',
  '☐',
  '⬜',
  ...folded(`false, no, n, open, opened, reopened, new, to do, todo, to-do, task, backlog, inbox, planned, next, later,
    pending, active, normal, not started, not done, incomplete, uncompleted, in progress, doing, started, wip, ongoing,
    in review, review, testing, waiting, waiting on someone else, waiting for support, on hold, paused, blocked,
    deferred, selected for development, ready, needs action, ideas, today`),
  ...folded(`falso, abierto, abierta, nuevo, nueva, por hacer, tareas por hacer, pendiente, activo, activa, sin empezar,
    no iniciado, no iniciada, no comenzado, no comenzada, en curso, en progreso, en proceso, en revisión, esperando,
    en espera, en pausa, bloqueado, bloqueada, aplazado, aplazada, incompleto, incompleta`),
  ...folded(`否, 假, 未完成, 打开, 开放, 新建, 待办, 待处理, 待定, 未开始, 进行中, 正在进行, 处理中, 审核中, 评审中, 等待, 等待中,
    暂停, 已暂停, 阻塞, 受阻, 推迟, 已推迟, 重新打开, 活动`),
  ...folded(`لا, خطأ, مفتوح, مفتوحة, جديد, جديدة, للتنفيذ, المهام, معلق, معلقة, قيد الانتظار, في الانتظار, نشط,
  نشطة, لم تبدأ,
    لم يبدأ, لم يتم البدء, قيد التنفيذ, قيد التقدم, جاري, جارية, قيد المراجعة, متوقف, متوقفة, محظور, محظورة, مؤجل,
    مؤجلة,
    غير مكتمل, غير مكتملة, غير منجز, غير منجزة`),
]);

/** @returns null where the word is not known */
export function isDone(text: string): boolean | null {
  const word = fold(text) || text;
  if (DONE.has(word)) return true;
  if (OPEN.has(word)) return false;
  // How much of it is done: 0.5, 50 % and 50 are open, 1 and 100 are done.
  const percent = /^(\d{1,3}(?:[.,]\d+)?) ?%?$/.exec(text);
  if (!percent) return null;
  const share = Number((percent[1] ?? '').replace(',', '.'));
  if (share === 100) return true;
  return share === 1 && !text.includes('%') ? true : share < 100 && (share < 1 || share > 2) ? false : null;
}

const PRIORITIES: readonly ReadonlySet<string>[] = [
  new Set(
    folded(`, none, no, no priority, not set, unset, p4, ninguna, ninguno, sin prioridad, no, nula, 无, 无优先级, 没有, 未设置,
      بلا, بدون, لا شيء, بدون أولوية, لا توجد`),
  ),
  new Set(
    folded(`low, lowest, minor, trivial, very low, p3, not important, baja, bajo, muy baja, menor, más baja,
    mínima, 低, 最低, 较低, 次要,
      منخفض, منخفضة, منخفضة جدا, الأدنى, أدنى, ثانوي, ثانوية`),
  ),
  new Set(
    folded(`medium, normal, moderate, standard, default, average, p2, media, medio, mediana, moderada, estándar, 中,
    中等, 普通,
      一般, 正常, 标准, متوسط, متوسطة, عادي, عادية, اعتيادية`),
  ),
  new Set(
    folded(`high, highest, very high, urgent, important, critical, major, blocker, asap, do now, p1, p0, alta,
    alto, muy alta, más alta,
      máxima, urgente, importante, crítica, crítico, mayor, bloqueante, 高, 最高, 较高, 紧急, 重要, 关键, 严重, 阻断,
      مرتفع, مرتفعة, عالي, عالية, مرتفعة جدا, الأعلى, أعلى, عاجل, عاجلة, هام, هامة, مهم, مهمة, حرج, حرجة`),
  ),
];

/** What numbers mean as priorities. */
export type PriorityScale = Readonly<Record<string, Priority>>;

/** By the programs that use them. */
export const scales = {
  /** Ours: the higher, the more urgent. */
  rising: { '0': 0, '1': 1, '2': 2, '3': 3 },
  vikunja: { '0': 0, '1': 1, '2': 2, '3': 3, '4': 3, '5': 3 },
  /** Todoist: 1 is the highest, and 4 is none. */
  todoist: { '1': 3, '2': 2, '3': 1, '4': 0 },
  ticktick: { '0': 0, '1': 1, '3': 2, '5': 3 },
} satisfies Record<string, PriorityScale>;

/** @returns null where the word or number is not known */
export function priorityOf(text: string, scale: PriorityScale): Priority | null {
  const number = /^(\d+)(?:\.0+)?$/.exec(text)?.[1];
  if (number !== undefined) return scale[number] ?? null;
  const signs = /^!{1,3}$/.exec(text);
  if (signs) return text.length as Priority;
  const word = fold(text.replace(/^\d+ ?[-–.:)]\s*/, ''));
  const found = PRIORITIES.findIndex((words) => words.has(word));
  return found < 0 ? null : (found as Priority);
}

/** What a row of a file is that names sections and notes among its tasks. */
export type RowKind = 'task' | 'section' | 'note' | 'meta';

const KINDS: Record<RowKind, ReadonlySet<string>> = {
  task: new Set(folded('task, subtask, sub-task, checklist, tarea, subtarea, 任务, 子任务, مهمة, مهمة فرعية')),
  section: new Set(
    folded('section, heading, header, group, sección, encabezado, grupo, 分区, 分组, 标题, قسم, عنوان, مجموعة'),
  ),
  note: new Set(folded('note, comment, nota, comentario, 备注, 注释, 评论, ملاحظة, تعليق')),
  meta: new Set(folded('meta, metadata')),
};

/** @returns null for a word that names no kind of row */
export function rowKindOf(text: string): RowKind | null {
  const word = fold(text);
  return (Object.keys(KINDS) as RowKind[]).find((kind) => KINDS[kind].has(word)) ?? null;
}
