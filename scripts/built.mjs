/** Is what is built made from what is here? Plain JavaScript, because it runs before anything is built. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const root = path.resolve(import.meta.dirname, '..');
const stamp = path.join(root, 'dist/.built-from');
const inputs = ['src', 'views', 'scripts', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** A digest of every file that the build reads. */
export function digestOfInputs() {
  const hash = createHash('sha256');
  for (const input of inputs) addTo(hash, path.join(root, input));
  return hash.digest('hex');
}

function addTo(hash, place) {
  if (!existsSync(place)) return;
  hash.update(`${path.relative(root, place)}\0`);
  if (statSync(place).isFile()) hash.update(readFileSync(place));
  else for (const entry of readdirSync(place).sort()) addTo(hash, path.join(place, entry));
}

export const isBuilt = () =>
  existsSync(path.join(root, 'dist/server.js')) && existsSync(path.join(root, 'public/assets/manifest.json'));
export const isFresh = () => isBuilt() && existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOfInputs();
export const markBuilt = (digest) => {
  writeFileSync(stamp, digest);
};

/** With NODE_ENV=production, `npm ci` alone leaves them out again. */
export const NOT_BUILT =
  'Taskwire is not built, and the packages that build it are not installed: run `npm ci --include=dev`, then start it again.';

/** Runs a file of this project as the program. Loading hundreds of files takes as many descriptors. */
export async function load(file) {
  process.argv[1] = file; // it starts when it is the program that was asked for
  // What tsx compiles is compiled in a thread, whose errors reach no promise.
  process.on('uncaughtException', refuse);
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    refuse(error);
  } finally {
    process.off('uncaughtException', refuse);
  }
}

/** @throws every other error */
function refuse(error) {
  if (!['EMFILE', 'ENFILE'].includes(error.code)) throw error;
  console.error(
    `Taskwire cannot start (${error.message}): raise the limit of open files (\`ulimit -n\`), which is reached.`,
  );
  process.exit(1);
}

/** The packages that only a build needs are pruned where the program only runs. */
export function canBuild() {
  const require = createRequire(import.meta.url);
  return ['typescript', 'esbuild', 'tsx'].every((name) => {
    try {
      require.resolve(name);
      return true;
    } catch {
      return false;
    }
  });
}
