export default {
  title: 'Entrada',
  empty: 'Cuando otras personas cambian una tarea que sigues, te espera aquí.',
  readAll: 'Marcar todo como leído',
  readThese: 'Marcar estas como leídas',
  read: 'Marcar como leída',
  more: 'Anteriores',
  changed: 'Alguien ha cambiado esta tarea.',
  follow: 'Seguir',
  unfollow: 'Dejar de seguir',
};
