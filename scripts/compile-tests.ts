/**
 * Compiles the server, the tests and what they use to JavaScript in .cache/test-build, file by file: a test file that
 * loads the server through tsx needs two seconds more of processor time, and there are more than a hundred of them.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { projectDir } from '../src/config/env.ts';
import { compiledDir, compiledPath } from '../test/support/compiled.ts';

const FOLDERS = ['src', 'test', 'scripts', 'bench'];

/** Writes only what has changed, because another run may be using the rest. */
export async function compileTests(): Promise<void> {
  const sources = (await Promise.all(FOLDERS.map((folder) => sourceFiles(folder)))).flat();
  await Promise.all(sources.map(compile));
  const wanted = new Set(sources.map(compiledPath));
  for (const file of await filesIn(compiledDir, '.js')) if (!wanted.has(file)) await rm(file);
}

async function sourceFiles(folder: string): Promise<string[]> {
  const files = await filesIn(path.join(projectDir, folder), '.ts');
  return files.filter((file) => !file.endsWith('.d.ts'));
}

async function filesIn(folder: string, ending: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(ending)).map((name) => path.join(folder, name));
}

async function compile(file: string): Promise<void> {
  const { code } = await transform(await readFile(file, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: `node${process.versions.node}`,
    sourcefile: file,
    sourcemap: 'inline',
    sourcesContent: false,
    // Views, translations and the like are found from the source; `import.meta.filename` stays that of what runs.
    define: {
      'import.meta.dirname': JSON.stringify(path.dirname(file)),
      'import.meta.url': JSON.stringify(pathToFileURL(file).href),
    },
  });
  const compiled = compiledPath(file);
  const text = withCompiledImports(code);
  if ((await readFile(compiled, 'utf8').catch(() => null)) === text) return;
  await mkdir(path.dirname(compiled), { recursive: true });
  await writeFile(compiled, text);
}

/** esbuild leaves specifiers as they are when it does not bundle. */
const withCompiledImports = (code: string): string =>
  code.replace(/(^(?:import|export|\}) .*?|^import |\bimport\()"(\.{1,2}\/[^"\n]+)\.ts"/gm, '$1"$2.js"');
