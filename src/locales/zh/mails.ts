export default {
  title: '邮件',
  sending: '等待发送的邮件，以及被邮件服务器拒收的邮件。',
  handOver: '由于没有设置 SMTP_URL，这里不发送邮件。请用其他方式转交这些链接：谁有链接，谁就能使用。',
  empty: '没有等待的邮件。',
  until: '有效期至：{{time}}。',
  waits: '等待发送。',
  refused: '未能发送：{{why}}',
  failed_other: '已尝试 {{count}} 次。邮件服务器的答复：{{why}}',
  invitation: {
    subject: '{{name}} 邀请你加入团队 {{team}}',
    text: '你好：\n\n{{name}}（{{email}}）邀请你加入 Taskwire 上的团队 {{team}}，在那里大家实时看到同样的任务。\n\n请在七天内打开以下地址加入。它只能使用一次，而且只对你有效：',
  },
  reset: {
    subject: '重设 Taskwire 密码',
    text: '你好：\n\n有人（很可能是你）要求重设你的 Taskwire 账号的密码。\n\n如果不是你，什么都不用做，你的密码保持不变。如果是你，请在十分钟内打开以下地址，设置新密码：',
  },
  confirmation: {
    subject: '确认你的电子邮箱',
    text: '{{name}}，你好：\n\n这个地址将成为你的 Taskwire 账号的电子邮箱。\n\n如果你没有要求更改，什么都不用做。否则请在一天内，在已登录的浏览器中打开以下地址：',
  },
  emailChanged: {
    subject: '你的电子邮箱已更改',
    text: '{{name}}，你好：\n\n你的 Taskwire 账号从现在起使用另一个电子邮箱：{{email}}。\n\n如果不是你更改的，请立即告知你所用 Taskwire 的管理者。\n',
  },
};
