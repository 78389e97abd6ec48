import type { Sequelize } from 'sequelize';

let current: Sequelize | undefined;

/** Makes this the connection of every model and query of the process; called once, by `defineModels`. */
export function setDatabase(sequelize: Sequelize): void {
  current = sequelize;
}

/** The connection that the models are defined on. @throws before `defineModels` */
export function database(): Sequelize {
  if (!current) throw new Error('The database was used before defineModels().');
  return current;
}
