/** `npm test` compiles every file once; a file run on its own through tsx is used as it is. */
import path from 'node:path';
import { projectDir } from '../../src/config/env.ts';

export const compiledDir = path.join(projectDir, '.cache/test-build');
export const isCompiled = import.meta.filename.endsWith('.js');

/** @param file of the project, e.g. `src/server.ts`. @returns where its JavaScript is */
export const compiledPath = (file: string): string =>
  path.join(compiledDir, path.relative(projectDir, path.resolve(projectDir, file)).replace(/\.ts$/, '.js'));

/** The absolute path of a file of the project in the form that this process runs. */
export const runnablePath = (file: string): string =>
  isCompiled ? compiledPath(file) : path.resolve(projectDir, file);

/** Node's flags for a script at `runnablePath`. @param modules files of the project to load before it */
export const nodeFlags = (...modules: string[]): string[] => [
  ...(isCompiled ? [] : ['--import', 'tsx']),
  ...modules.flatMap((file) => ['--import', runnablePath(file)]),
  '--enable-source-maps',
];
