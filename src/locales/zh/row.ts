export default {
  complete: '标记为已完成：{{description}}',
  reopen: '标记为未完成：{{description}}',
  justNow: '刚刚',
  late_other: '逾期 {{count}} 天',
  today: '今天',
  tomorrow: '明天',
  day: '{{month}}{{day}}日 {{weekday}}',
  dayOfYear: '{{year}}年{{month}}{{day}}日 {{weekday}}',
  moment: '{{day}} {{clock}}',
  from: '{{when}} 起',
  until: '至 {{when}}',
  priority: {
    1: '低优先级',
    2: '中优先级',
    3: '高优先级',
  },
  notes: '备注',
};
