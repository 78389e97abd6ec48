import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCluster } from './cluster.ts';
import { EmbeddedPostgresError } from './errors.ts';

/**
 * The data of one major version cannot be read by another, and an empty database beside it would look like a loss.
 * @throws {EmbeddedPostgresError} when the folder has clusters of other major versions only
 */
export async function refuseOtherMajors(folder: string, major: number): Promise<void> {
  const majors: number[] = [];
  for (const name of await fs.readdir(folder)) {
    const other = Number(/^pg(\d+)$/.exec(name)?.[1]);
    if (other && (await hasCluster(path.join(folder, name)))) majors.push(other);
  }
  if (majors.length === 0 || majors.includes(major)) return;
  const other = Math.max(...majors);
  const data = path.join(folder, `pg${other}`);
  throw new EmbeddedPostgresError(
    other < major
      ? `The data in ${data} is PostgreSQL ${other}'s and this Taskwire brings PostgreSQL ${major}, which cannot read it: start the Taskwire version that wrote it, dump its database with pg_dump and restore it into the new one, or move ${data} away to begin empty.`
      : `The data in ${data} is PostgreSQL ${other}'s and this Taskwire brings the older PostgreSQL ${major}, which cannot read it: install the newer Taskwire again, or move ${data} away to begin empty.`,
  );
}
