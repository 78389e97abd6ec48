export default {
  title: 'Correos',
  sending: 'Lo que espera a ser enviado y lo que un servidor de correo ha rechazado.',
  handOver:
    'Aquí no se envía ningún correo, porque SMTP_URL no está definido. Entrega estos enlaces por otra vía: quien tenga uno puede usarlo.',
  empty: 'No espera nada.',
  until: 'Hasta: {{time}}.',
  waits: 'Espera a ser enviado.',
  refused: 'No enviado: {{why}}',
  failed_one: 'Un intento. El servidor de correo respondió: {{why}}',
  failed_many: '{{count}} de intentos. El servidor de correo respondió: {{why}}',
  failed_other: '{{count}} intentos. El servidor de correo respondió: {{why}}',
  invitation: {
    subject: '{{name}} te invita al equipo {{team}}',
    text: 'Hola:\n\n{{name}} ({{email}}) te invita al equipo {{team}} en Taskwire, donde todos ven las mismas tareas, al momento.\n\nAbre esta dirección en los próximos siete días para unirte. Sirve una sola vez y solo para ti:',
  },
  reset: {
    subject: 'Una contraseña nueva para Taskwire',
    text: 'Hola:\n\nalguien, seguramente tú, pide una contraseña nueva para tu cuenta de Taskwire.\n\nSi no has sido tú, no hagas nada: tu contraseña sigue igual. Si has sido tú, abre esta dirección en los próximos diez minutos y elige una:',
  },
  confirmation: {
    subject: 'Confirma tu correo electrónico',
    text: 'Hola, {{name}}:\n\neste va a ser el correo electrónico de tu cuenta de Taskwire.\n\nSi no lo has pedido, no hagas nada. Si lo has pedido, abre esta dirección en el plazo de un día, en un navegador donde hayas iniciado sesión:',
  },
  emailChanged: {
    subject: 'Tu correo electrónico ha cambiado',
    text: 'Hola, {{name}}:\n\ntu cuenta de Taskwire tiene desde ahora otro correo electrónico: {{email}}.\n\nSi no lo has cambiado tú, avisa enseguida a quien administra tu Taskwire.\n',
  },
};
