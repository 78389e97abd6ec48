import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import ts from 'typescript';
import { projectDir } from '../src/config/env.ts';

interface Import {
  from: string;
  /** A file of ours as a path from the project's folder, or the name of a package. */
  to: string;
  typeOnly: boolean;
}

const imports = sourceFiles().flatMap(importsOf);
/** The files that define a model class. */
const modelClasses = new Set(
  sourceFiles().filter((file) => file.startsWith('src/models/') && /\bextends Model\b/.test(textOf(file))),
);

/** By the table of docs/architecture.md: each folder of `src/`, and the folders and files that it may import. */
const mayImport = new Map<string, string[]>(
  [
    ...readFileSync(path.join(projectDir, 'docs/architecture.md'), 'utf8').matchAll(
      /^\| `(src\/[\w-]+\/)` \|.*\|(.*)\|$/gm,
    ),
  ]
    .filter(([, , allowed]) => allowed?.trim() !== 'everything')
    .map(([, folder = '', allowed = '']) => [folder, [...allowed.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)]),
);
const EVERYWHERE = ['lib', 'shared'];

/** Types carry no behaviour, but only leaves may be named from anywhere. */
const TYPES_FROM_ANYWHERE = /^src\/(shared|lib|schemas|config\/env|models\/.*|database\/.*)/;

suite('The architecture', () => {
  test('finds imports: server.ts imports realtime, and realtime the types of the settings', () => {
    const found = (from: string, to: string) => imports.find((one) => one.from === from && one.to === to);
    assert.equal(found('src/server.ts', 'src/realtime/index.ts')?.typeOnly, false);
    assert.equal(found('src/realtime/index.ts', 'src/config/env.ts')?.typeOnly, true);
  });

  for (const [folder, named] of mayImport) {
    const allowed = [...named, ...(folder === 'src/embedded-postgres/' ? [] : EVERYWHERE)];
    const mayReach = (file: string): boolean =>
      allowed.some((name) => file.replace(/^src\//, '').startsWith(`${name}/`) || file === `src/${name}.ts`);
    test(`${folder} imports only what docs/architecture.md allows`, () => {
      const wrong = imports.filter(
        ({ from, to, typeOnly }) =>
          from.startsWith(folder) &&
          isOurs(to) &&
          !to.startsWith(folder) &&
          !mayReach(to) &&
          !(typeOnly && TYPES_FROM_ANYWHERE.test(to)),
      );
      assert.deepEqual(wrong.map(describe), []);
    });
  }

  test('every folder of src/ is in the table of docs/architecture.md', () => {
    const folders = new Set(sourceFiles().flatMap((file) => /^src\/[^/]+\//.exec(file)?.[0] ?? []));
    assert.deepEqual([...folders].filter((folder) => folder !== 'src/cli/').sort(), [...mayImport.keys()].sort());
  });

  test('models reach neither Express nor socket.io nor HTTP statuses, not even for types', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        /^src\/(models|database|transfer)\//.test(from) && /^(express|socket\.io|engine\.io)|http-error/.test(to),
    );
    assert.deepEqual(wrong.map(describe), []);
  });

  test('a model class imports no command and no query', () => {
    const wrong = imports.filter(
      ({ from, to }) => modelClasses.has(from) && to.startsWith('src/models/') && !modelClasses.has(to),
    );
    assert.deepEqual(wrong.map(describe), []);
  });

  test('models have no non-null assertion and no cast of sequelize.models', () => {
    const wrong = sourceFiles().filter(
      (file) =>
        file.startsWith('src/models/') && (hasNonNullAssertion(file) || textOf(file).includes('sequelize.models')),
    );
    assert.deepEqual(wrong, []);
  });

  test('only server.ts imports realtime', () => {
    const wrong = imports.filter(
      ({ from, to }) => to.startsWith('src/realtime/') && !from.startsWith('src/realtime/') && from !== 'src/server.ts',
    );
    assert.deepEqual(wrong.map(describe), []);
  });

  test('nobody imports what starts things', () => {
    assert.deepEqual(
      imports
        .filter(({ to }) => /^src\/(server\.ts|cli\/)/.test(to))
        .filter(({ from }) => !from.startsWith('src/cli/'))
        .map(describe),
      [],
    );
  });

  test('src/shared/ imports no package', () => {
    assert.deepEqual(imports.filter(({ from, to }) => from.startsWith('src/shared/') && !isOurs(to)).map(describe), []);
  });

  test('there are no cycles, type imports included, but for model classes that name each other as associations', () => {
    assert.deepEqual(cycles(), []);
  });

  test('no file is empty', () => {
    const folders = ['bench', 'migrations', 'public', 'scripts', 'seeders', 'src', 'test', 'views'];
    const files = folders.flatMap((folder) =>
      readdirSync(path.join(projectDir, folder), { recursive: true, withFileTypes: true }).filter((file) =>
        file.isFile(),
      ),
    );
    assert.ok(files.length > 500);
    const paths = files.map((file) => path.join(file.parentPath, file.name));
    assert.deepEqual(
      paths.filter((file) => statSync(file).size === 0),
      [],
    );
  });

  test('no line is longer than 120 columns', () => {
    const wrong = sourceFiles().flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => (line.length > 120 ? [`${file}:${String(index + 1)}`] : [])),
    );
    assert.deepEqual(wrong, []);
  });
});

function sourceFiles(): string[] {
  return readdirSync(path.join(projectDir, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => path.posix.join('src', file.split(path.sep).join('/')));
}

function textOf(file: string): string {
  return readFileSync(path.join(projectDir, file), 'utf8');
}

function importsOf(from: string): Import[] {
  const source = ts.createSourceFile(from, textOf(from), ts.ScriptTarget.Latest);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier)
      found.push({
        from,
        to: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from), specifier) : specifier,
        typeOnly: isTypeOnly(node),
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function specifierOf(node: ts.Node): string | null {
  if (
    (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
    node.moduleSpecifier &&
    ts.isStringLiteral(node.moduleSpecifier)
  )
    return node.moduleSpecifier.text;
  const [argument] =
    ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments : [];
  return argument && ts.isStringLiteral(argument) ? argument.text : null;
}

/** With verbatimModuleSyntax only what is said to be a type is left out of what runs. */
function isTypeOnly(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

const isOurs = (to: string): boolean => to.startsWith('src/') || to.startsWith('views/');
const describe = ({ from, to }: Import): string => `${from} imports ${to}`;

function hasNonNullAssertion(file: string): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    found ||= ts.isNonNullExpression(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest));
  return found;
}

function cycles(): string[] {
  const edges = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (!to.startsWith('src/') || (typeOnly && modelClasses.has(from) && modelClasses.has(to))) continue;
    edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, way: string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (way.includes(file) || done.has(file)) return;
    for (const to of edges.get(file) ?? []) walk(to, [...way, file]);
    done.add(file);
  };
  for (const file of sourceFiles()) walk(file, []);
  return found;
}
