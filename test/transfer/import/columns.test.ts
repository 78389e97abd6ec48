import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { guessColumns, headerAmong } from '../../../src/transfer/import/columns.ts';
import { isDone, priorityOf, scales } from '../../../src/transfer/import/words.ts';

/** Headers as programs write them; `attribute=` says what a column is taken for, nothing that it is not. */
const headers: Record<string, string[]> = {
  Trello: [
    'id=Card ID|description=Card Name|Card URL|notes=Card Description|categories=Labels|Members|dueOn=Due Date|completed=Due Complete|List Name|Archived',
    'id=ID de la tarjeta|description=Nombre de la tarjeta|notes=Descripción de la tarjeta|categories=Etiquetas|dueOn=Fecha de vencimiento|completed=Archivado',
    'id=卡片 ID|description=卡片名称|notes=卡片描述|categories=标签|dueOn=到期日|completed=已归档',
    'id=معرف البطاقة|description=اسم البطاقة|notes=وصف البطاقة|categories=التسميات|dueOn=تاريخ الاستحقاق|completed=مؤرشف',
  ],
  'Microsoft Planner': [
    'id=Task ID|description=Task Name|Bucket Name|completed=Progress|priority=Priority|Assigned To|Created Date|Start date|dueOn=Due date|Late|completedAt=Completed Date|Completed By|categories=Labels|notes=Description',
    'id=Id. de tarea|description=Nombre de la tarea|Nombre del depósito|completed=Progreso|priority=Prioridad|Asignado a|dueOn=Fecha de vencimiento|completedAt=Fecha de finalización|categories=Etiquetas|notes=Descripción',
    'id=任务 ID|description=任务名称|存储桶名称|completed=进度|priority=优先级|分配给|开始日期|dueOn=截止日期|completedAt=完成日期|categories=标签|notes=说明',
    'id=معرف المهمة|description=اسم المهمة|اسم المستودع|completed=التقدم|priority=الأولوية|dueOn=تاريخ الاستحقاق|completedAt=تاريخ الاكتمال|categories=التسميات|notes=الوصف',
  ],
  'Microsoft To Do': [
    'description=Subject|dueOn=Due Date|completedAt=Date Completed|completed=% Complete|categories=Categories|notes=Notes|priority=Priority|Status',
    'description=Asunto|dueOn=Fecha de vencimiento|completed=% completado|categories=Categorías|notes=Notas|priority=Prioridad|Estado',
    'description=主题|dueOn=截止日期|completedAt=完成日期|completed=完成百分比|categories=类别|notes=附注|priority=优先级|状态',
    'description=الموضوع|dueOn=تاريخ الاستحقاق|completed=نسبة الإكمال|categories=الفئات|notes=ملاحظات|priority=الأولوية|الحالة',
  ],
  Asana: [
    'id=Task ID|Created At|completedAt=Completed At|Last Modified|description=Name|Section/Column|Assignee|dueOn=Due Date|categories=Tags|notes=Notes|Projects|Parent task',
    'id=ID de la tarea|completedAt=Completada el|description=Nombre|Sección/columna|dueOn=Fecha de entrega|categories=Etiquetas|notes=Notas|Proyectos',
    'id=任务编号|completedAt=完成时间|description=名称|板块/列|dueOn=截止日期|categories=标签|notes=备注|项目',
    'id=معرف المهمة|completedAt=تاريخ الإكمال|description=الاسم|القسم/العمود|dueOn=تاريخ الاستحقاق|categories=العلامات|notes=ملاحظات|المشاريع',
  ],
  Jira: [
    'description=Summary|id=Issue key|Issue id|completed=Status|Project name|priority=Priority|completedAt=Resolved|dueOn=Due date|categories=Labels|Labels|notes=Description|Comment',
    'description=Resumen|id=Clave de incidencia|completed=Estado|priority=Prioridad|completedAt=Resuelta|dueOn=Fecha de vencimiento|categories=Etiquetas|notes=Descripción',
    'description=概要|id=问题关键字|completed=状态|priority=优先级|completedAt=已解决|dueOn=到期日|categories=标签|notes=描述',
    'description=الملخص|id=مفتاح المشكلة|completed=الحالة|priority=الأولوية|completedAt=تم الحل|dueOn=تاريخ الاستحقاق|categories=التسميات|notes=الوصف',
  ],
  Notion: [
    'description=Name|completed=Status|dueOn=Due|categories=Tags|priority=Priority|Assign',
    'description=Nombre|completed=Estado|dueOn=Fecha límite|categories=Etiquetas|priority=Prioridad|Responsable',
    'description=名称|completed=状态|dueOn=日期|categories=标签|priority=优先级',
    'description=الاسم|completed=الحالة|dueOn=التاريخ|categories=الوسوم|priority=الأولوية',
  ],
  Vikunja: [
    'id=id|description=title|notes=description|completed=done|completedAt=done_at|dueOn=due_date|priority=priority|categories=labels|percent_done',
    'description=Título|notes=Descripción|completed=Hecho|dueOn=Fecha de vencimiento|priority=Prioridad|categories=Etiquetas|Proyecto',
    'description=标题|notes=描述|completed=完成|dueOn=到期日期|priority=优先级|categories=标签|项目',
    'description=العنوان|notes=الوصف|completed=تم|dueOn=تاريخ الاستحقاق|priority=الأولوية|categories=التسميات|المشروع',
  ],
  Kanboard: [
    'id=Task Id|Project|completed=Status|categories=Category|Swimlane|Column|order=Position|Color|dueOn=Due date|description=Title|completedAt=Completion date|Reference',
    'id=Id de tarea|Proyecto|completed=Estado|categories=Categoría|Columna|order=Posición|dueOn=Fecha límite|description=Título|completedAt=Fecha de terminación',
    'id=任务ID|项目|completed=状态|categories=分类|栏目|order=位置|dueOn=到期时间|description=标题|completedAt=完成时间',
    'id=معرف المهمة|المشروع|completed=الحالة|categories=التصنيف|العمود|order=الموضع|dueOn=تاريخ الاستحقاق|description=العنوان|completedAt=تاريخ الإكمال',
  ],
  'Google Tasks': [
    'categories=Task List|description=Title|notes=Notes|completed=Completed|Status|dueOn=Due|Updated',
    'categories=Lista|description=Título|notes=Notas|completed=Completada|Estado|dueOn=Vencimiento',
    'categories=任务列表|description=标题|notes=备注|completed=已完成|状态|dueOn=截止日期',
    'categories=القائمة|description=العنوان|notes=الملاحظات|completed=مكتملة|الحالة|dueOn=الموعد',
  ],
  Todoist: ['TYPE|description=CONTENT|notes=DESCRIPTION|priority=PRIORITY|INDENT|AUTHOR|dueOn=DATE|DATE_LANG|DEADLINE'],
  TickTick: [
    'Folder Name|List Name|description=Title|Kind|categories=Tags|notes=Content|Is Check list|Start Date|dueOn=Due Date|priority=Priority|completed=Status|completedAt=Completed Time|order=Order|id=taskId|parentId',
  ],
  'an unknown program': [
    'description=Task|notes=Description',
    'notes=Description|description=Summary|Assignee',
    'description=Description|notes=Notes|dueOn=Deadline',
    'description=Content|dueOn=Date',
    'dueOn=FECHA LIMITE|description=tarea|notes=descripcion',
    'description=Titulo|notes=Contenido|dueOn=Vence el',
  ],
};

describe('The columns of a header', () => {
  for (const [program, all] of Object.entries(headers)) {
    all.forEach((header, n) => {
      it(`are recognized together: ${program}, ${['English', 'Spanish', 'Chinese', 'Arabic'][n] ?? String(n)}`, () => {
        const columns = header.split('|').map((text) => text.split('=') as [string, string?]);
        const wanted = columns.flatMap(([attribute, name], column) =>
          name === undefined ? [] : [[attribute, column]],
        );
        assert.deepEqual(guessColumns(columns.map(([first, name]) => name ?? first)), Object.fromEntries(wanted));
      });
    });
  }

  it('are found below what programs write before them, and in the first row if nothing speaks for another', () => {
    const files: [string[][], number][] = [
      [[['Report of tasks'], ['Name', 'House'], ['Date of export', '2026'], ['Task Name', 'Due date', 'Status']], 3],
      [
        [
          ['Title', 'Notes'],
          ['Task', 'Title'],
          ['Name', 'Due'],
        ],
        0,
      ],
      [
        [
          ['a', 'b'],
          ['1', '2'],
        ],
        0,
      ],
      [[['Title'], ['Summary', 'Priority', 'Status']], 1],
      [
        [
          ['Aufgabe', 'Fällig'],
          ['Name', 'x'],
        ],
        0,
      ],
    ];
    for (const [rows, at] of files) assert.equal(headerAmong(rows), at, JSON.stringify(rows));
  });
});

describe('A word', () => {
  it('of a state is open, done, or not known', () => {
    const done =
      "Done|completed|CLOSED|Won't do|Resolved|x|✅|1|100%|100|Hecho|Finalizada|Sí|Cancelado|已完成|是|已关闭|تم|مكتملة|نعم|ملغاة";
    const open =
      '|-|To Do|to-do|In Progress|not started|needsAction|NEEDS_ACTION|0|50%|0,5|Backlog|Por hacer|En curso|Sin empezar|未开始|进行中|待办|قيد التنفيذ|لم تبدأ|لا';
    for (const word of done.split('|')) assert.equal(isDone(word), true, word);
    for (const word of open.split('|')) assert.equal(isDone(word), false, word);
    for (const word of ['Weird', 'QA 2', '2', 'quizás', '也许', '7-11']) assert.equal(isDone(word), null, word);
  });

  it('of a priority is none to high, or not known, and a number is what it is in the program', () => {
    const words: Record<number, string> = {
      0: '|None|No priority|P4|Ninguna|Sin prioridad|无|بدون أولوية',
      1: 'Low|LOWEST|minor|P3|!|Baja|Muy baja|低|最低|منخفضة',
      2: 'Medium|Normal|P2|!!|Media|中|普通|متوسطة',
      3: 'High|Highest|Urgent|Important|Critical|1 - Blocker|P1|!!!|Más alta|Urgente|高|紧急|عالية|عاجل|مهمة',
    };
    for (const [priority, all] of Object.entries(words))
      for (const word of all.split('|')) assert.equal(priorityOf(word, scales.rising), Number(priority), word);
    for (const word of ['so so', '9', '4', '-1', 'quizás']) assert.equal(priorityOf(word, scales.rising), null, word);
    assert.deepEqual(
      ['1', '2', '3', '4', '5'].map((number) => priorityOf(number, scales.todoist)),
      [3, 2, 1, 0, null],
    );
    assert.deepEqual(
      ['0', '1', '3', '5', '2'].map((number) => priorityOf(number, scales.ticktick)),
      [0, 1, 2, 3, null],
    );
    assert.deepEqual(
      ['0', '1', '2', '3', '4', '5'].map((number) => priorityOf(number, scales.vikunja)),
      [0, 1, 2, 3, 3, 3],
    );
  });
});
