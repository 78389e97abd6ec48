/** `npm start`: builds what is missing or stale, then is the server. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { canBuild, isBuilt, isFresh, load, NOT_BUILT, root } from './built.mjs';

if (!isFresh()) {
  if (canBuild()) build();
  else if (!isBuilt()) end(NOT_BUILT);
  else
    console.error(
      'The build is older than the sources, and the packages that build it are not installed: starting the old build.',
    );
}

// In this very process, so that signals reach the server.
await load(path.join(root, 'dist/server.js'));

function build() {
  console.log('Building …');
  const { status, error } = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
  if (error) console.error(error.message);
  if (status !== 0) end('Taskwire could not be built: the lines above say why.');
}

function end(sentence) {
  console.error(sentence);
  process.exit(1);
}
