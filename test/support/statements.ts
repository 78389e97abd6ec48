import type { Sequelize } from 'sequelize';

/** Records all SQL statements executed while `work` runs, including those of concurrent work. */
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
