export default {
  complete: 'Marcar como hecha: {{description}}',
  reopen: 'Marcar como no hecha: {{description}}',
  justNow: 'ahora mismo',
  late_one: '{{count}} día de retraso',
  late_many: '{{count}} de días de retraso',
  late_other: '{{count}} días de retraso',
  today: 'Hoy',
  tomorrow: 'Mañana',
  day: '{{weekday}}, {{day}} {{month}}',
  dayOfYear: '{{weekday}}, {{day}} {{month}} {{year}}',
  priority: {
    1: 'Prioridad baja',
    2: 'Prioridad media',
    3: 'Prioridad alta',
  },
  notes: 'Notas',
};
