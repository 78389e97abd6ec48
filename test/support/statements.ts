import type { Sequelize } from 'sequelize';

/** The SQL that a piece of work takes, statement by statement; of everything that uses the database meanwhile. */
export async function statementsOf(sequelize: Sequelize, work: () => Promise<unknown>): Promise<string[]> {
  const { options } = sequelize as unknown as { options: { logging: ((sql: string) => void) | false } };
  const { logging } = options;
  const statements: string[] = [];
  options.logging = (sql) => {
    statements.push(sql);
  };
  await work().finally(() => {
    options.logging = logging;
  });
  return statements;
}
