export default {
  title: 'Mails',
  sending: 'What waits to be sent, and what a mail server has refused.',
  handOver:
    'Nothing is mailed here, because SMTP_URL is not set. Hand these links over by another way: whoever has one can use it.',
  empty: 'Nothing waits.',
  until: 'Until {{time}}.',
  waits: 'Waits to be sent.',
  refused: 'Not sent: {{why}}',
  failed_one: 'One attempt. The mail server said: {{why}}',
  failed_other: '{{count}} attempts. The mail server said: {{why}}',
  invitation: {
    subject: '{{name}} invites you to the team {{team}}',
    text: 'Hello,\n\n{{name}} ({{email}}) invites you to the team {{team}} on Taskwire, where everybody sees the same tasks, live.\n\nOpen this address within seven days to join. It works once, and for you alone:',
  },
  reset: {
    subject: 'A new password for Taskwire',
    text: 'Hello,\n\nsomebody, most likely you, asks for a new password for your account on Taskwire.\n\nIf it was not you, do nothing: your password stays as it is. Otherwise open this address within ten minutes, and choose one:',
  },
  confirmation: {
    subject: 'Confirm your email address',
    text: 'Hello {{name}},\n\nthis is to be the email address of your account on Taskwire.\n\nIf you have not asked for it, do nothing. Otherwise open this address within a day, in a browser where you are signed in:',
  },
  emailChanged: {
    subject: 'Your email address has changed',
    text: 'Hello {{name}},\n\nyour account on Taskwire has another email address from now on: {{email}}.\n\nIf it was not you who changed it, tell whoever looks after your Taskwire at once.\n',
  },
};
