export default {
  newTasks_one: '{{count}} tarea nueva',
  newTasks_many: '{{count}} de tareas nuevas',
  newTasks_other: '{{count}} tareas nuevas',
  people_one: '{{count}} persona conectada',
  people_many: '{{count}} de personas conectadas',
  people_other: '{{count}} personas conectadas',
  open_one: '{{count}} pendiente',
  open_many: '{{count}} de pendientes',
  open_other: '{{count}} pendientes',
  changed: 'Esta lista ha cambiado: mostrarla',
  reconnecting: 'Reconectando…',
  changedElsewhere: 'Esta tarea ha cambiado en otro lugar mientras escribías. Tu texto se conserva; al guardar verás los dos.',
};
