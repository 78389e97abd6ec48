import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * Creates a temporary folder that other users may enter: under root the embedded database runs as another user, and
 * would otherwise store its data somewhere that is never cleaned up.
 */
export function makeFolder(): { dir: string; remove: () => void } {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'taskwire-'));
  chmodSync(dir, 0o755);
  return {
    dir,
    remove: () => {
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
