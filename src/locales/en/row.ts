export default {
  complete: 'Mark as done: {{description}}',
  reopen: 'Mark as not done: {{description}}',
  justNow: 'just now',
  late_one: '{{count}} day late',
  late_other: '{{count}} days late',
  today: 'Today',
  tomorrow: 'Tomorrow',
  day: '{{weekday}} {{day}} {{month}}',
  dayOfYear: '{{weekday}} {{day}} {{month}} {{year}}',
  priority: {
    1: 'Low priority',
    2: 'Medium priority',
    3: 'High priority',
  },
  notes: 'Notes',
};
