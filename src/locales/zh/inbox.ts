export default {
  title: '收件箱',
  empty: '别人更改你关注的任务时，它会在这里等你阅读。',
  readAll: '全部标为已读',
  readThese: '将这些标为已读',
  read: '标为已读',
  more: '更早',
  changed: '有人更改了这个任务。',
  follow: '关注',
  unfollow: '取消关注',
};
