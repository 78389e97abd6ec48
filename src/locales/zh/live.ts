export default {
  newTasks_other: '{{count}} 个新任务',
  people_other: '{{count}} 人在线',
  open_other: '{{count}} 项未完成',
  unread_other: '{{count}} 项未读',
  changed: '清单有变化：点此显示',
  reconnecting: '正在重新连接…',
  polling: '无法实时连接，每隔几秒查看一次。',
  notSent: '未能发送：没有网络连接。你的文字已保留。',
  changedElsewhere: '在你编辑时，此任务已在别处更改。你的文字不会丢失；保存时会同时显示两个版本。',
};
