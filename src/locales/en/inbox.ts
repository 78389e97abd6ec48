export default {
  title: 'Inbox',
  empty: 'When others change a task that you follow, it waits here for you.',
  readAll: 'Mark all as read',
  readThese: 'Mark these as read',
  read: 'Mark as read',
  more: 'Earlier',
  changed: 'Somebody has changed this task.',
  follow: 'Follow',
  unfollow: 'Stop following',
};
