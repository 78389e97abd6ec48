/** Builds with plausible mistakes, to show that the checker finds them. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectDir } from '../../src/config/env.ts';
import { makeFolder } from '../support/folder.ts';

/** Key of the advisory lock that delays a read; an arbitrary number. */
export const READ_LOCK = 4712;

interface Change {
  file: string;
  /** Occurs exactly once in the file. */
  search: string;
  replacement: string;
}

export interface BrokenBuild {
  changes: Change[];
  added?: Record<string, string>;
}

/** Each hook emits its change to the tabs itself, after reading its row again. */
export const emitsFromTheHook: BrokenBuild = {
  changes: [
    {
      file: 'src/realtime/index.ts',
      search: "import { startSweep } from './delivery/sweep.ts';",
      replacement: "import { startSweep } from './delivery/sweep.ts';\nimport { emitDirectly } from './direct.ts';",
    },
    {
      file: 'src/realtime/index.ts',
      search: 'startLoopbackServer(({ listId }) => {\n    wake(listId);',
      replacement: 'startLoopbackServer(({ id }) => {\n    void emitDirectly(tabs, id);',
    },
    {
      file: 'src/realtime/delivery/sweep.ts',
      search: 'if (listIds.length > 0) readers.compare(await listPositions(listIds));',
      replacement: '',
    },
  ],
  added: {
    'src/realtime/direct.ts': `
      import { presentEvent } from '../presenters/event.ts';
      import { eventsAfter } from '../models/event/queries.ts';
      import { Task } from '../models/index.ts';
      import { listRoom } from './sockets/sockets.ts';
      export async function emitDirectly(tabs, id) {
        if (id === null) return;
        // Lets a test delay reading one task.
        await Task.sequelize.query('SELECT pg_advisory_xact_lock_shared(${READ_LOCK}, $1)', { bind: [id] });
        const task = await Task.findByPk(id);
        const log = await eventsAfter(task.listId, 0, 10_000);
        const event = log.events.findLast(({ subject, subjectId }) => subject === 'task' && subjectId === id);
        const { name, payload } = presentEvent(log, event);
        tabs.to(listRoom(task.listId)).emit(name, payload);
      }`,
  },
};

/** Changes are announced before they are committed, and there is no sweep. */
export const announcesBeforeCommit: BrokenBuild = {
  changes: [
    {
      file: 'src/database/transaction.ts',
      search: 'if (unit && !unit.ended) unit.announcements.push(announcement);\n  else announcement();',
      replacement: 'announcement();',
    },
    { file: 'src/realtime/delivery/sweep.ts', search: 'setInterval(all, sweepMs).unref(),', replacement: '' },
    {
      file: 'src/realtime/delivery/sweep.ts',
      search: 'setInterval(() => {\n      sendVersions(tabs, readers);\n    }, heartbeatMs).unref(),',
      replacement: '',
    },
  ],
};

/** Versions come from a sequence, and the list's own is raised at commit, so that no transaction waits for another. */
export const numbersBySequence: BrokenBuild = {
  changes: [
    {
      file: 'migrations/functions/record_events_v01.sql',
      search: `UPDATE lists SET version = version + touched.n
    FROM locked JOIN touched ON touched.list_id = locked.id
    WHERE lists.id = locked.id RETURNING lists.id, lists.version - touched.n AS base`,
      replacement: "SELECT list_id AS id, nextval('list_versions') - 1 AS base FROM touched",
    },
    {
      file: 'migrations/functions/refuse_truncate_v01.sql',
      search: 'CREATE OR REPLACE FUNCTION refuse_truncate() RETURNS trigger',
      replacement: `CREATE SEQUENCE list_versions;
        CREATE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          UPDATE lists SET version = greatest(version, NEW.version) WHERE id = NEW.list_id;
          RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER events_10_raise_version AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION raise_version();
        CREATE OR REPLACE FUNCTION refuse_truncate() RETURNS trigger`,
    },
  ],
};

/** The unchanged source. */
export const unmodified: BrokenBuild = { changes: [] };

/** Copies the source with the changes to a folder. @throws if a text does not occur exactly once */
export function copySource({ changes, added = {} }: BrokenBuild): { dir: string; remove: () => void } {
  const folder = makeFolder();
  for (const entry of ['src', 'views', 'migrations', 'public', 'scripts', 'package.json', 'tsconfig.json']) {
    cpSync(path.join(projectDir, entry), path.join(folder.dir, entry), { recursive: true });
  }
  symlinkSync(path.join(projectDir, 'node_modules'), path.join(folder.dir, 'node_modules'));
  for (const { file, search, replacement } of changes) {
    const target = path.join(folder.dir, file);
    const parts = readFileSync(target, 'utf8').split(search);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} occurrences of: ${search}`);
    writeFileSync(target, parts.join(replacement));
  }
  for (const [file, text] of Object.entries(added)) writeFileSync(path.join(folder.dir, file), text);
  return folder;
}
