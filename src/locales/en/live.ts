export default {
  newTasks_one: '{{count}} new task',
  newTasks_other: '{{count}} new tasks',
  people_one: '{{count}} person connected',
  people_other: '{{count}} people connected',
  open_one: '{{count}} open',
  open_other: '{{count}} open',
  unread_one: '{{count}} unread',
  unread_other: '{{count}} unread',
  changed: 'This list has changed: show it',
  reconnecting: 'Reconnecting…',
  polling: 'No live connection. Checking every few seconds.',
  notSent: 'Not sent: there is no connection. Your text is kept.',
  changedElsewhere:
    'This task has changed elsewhere while you were writing. Your text stays; when you save, you see both.',
};
