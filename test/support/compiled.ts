/** Paths of files that `npm test` has compiled, or of the sources if a test file runs directly through tsx. */
import path from 'node:path';
import { projectDir } from '../../src/config/env.ts';

export const compiledDir = path.join(projectDir, '.cache/test-build');
export const isCompiled = import.meta.filename.endsWith('.js');

/** @param file relative to the project, e.g. `src/server.ts` @returns the path of its compiled JavaScript */
export const compiledPath = (file: string): string =>
  path.join(compiledDir, path.relative(projectDir, path.resolve(projectDir, file)).replace(/\.ts$/, '.js'));

/** The absolute path of a project file, compiled if this process runs compiled files. */
export const runnablePath = (file: string): string =>
  isCompiled ? compiledPath(file) : path.resolve(projectDir, file);

/** Node's flags for a script at `runnablePath`. @param modules project files to preload */
export const nodeFlags = (...modules: string[]): string[] => [
  ...(isCompiled ? [] : ['--import', 'tsx']),
  ...modules.flatMap((file) => ['--import', runnablePath(file)]),
  '--enable-source-maps',
];
