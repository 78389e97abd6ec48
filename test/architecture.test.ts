import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
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
const atRunTime = imports.filter(({ typeOnly }) => !typeOnly);

/** Whoever stands in the first may import, of ours, what stands in the second; a folder may always import itself. */
const MAY_IMPORT: Record<string, RegExp> = {
  'src/shared/': /^$/,
  'src/lib/': /^$/,
  'src/events/': /^$/,
  'src/models/': /^src\/(events|lib|shared|policies)\//,
  'src/policies/': /^src\/(lib|shared)\//,
  'src/api/': /^src\/(models|middleware|lib|shared|policies)\//,
  'src/api/presenters/': /^src\/(lib|shared)\//,
  'src/middleware/': /^src\/(models|lib|shared|policies|config|locales|api)\//,
  'src/controllers/': /^src\/(models|middleware|lib|shared|policies|api|config|locales)\//,
  'src/routes/': /^src\/(controllers|middleware|api|lib)\//,
  'src/realtime/': /^src\/(models|events|lib|shared|policies|api|middleware)\//,
  'src/jobs/': /^src\/(models|lib|shared)\//,
  'src/embedded-postgres/': /^$/,
  'src/config/': /^src\/(lib|embedded-postgres)\//,
  'src/locales/': /^$/,
  'src/browser/': /^(src\/shared|views)\//,
};

suite('The house', () => {
  test('is read as it is: server.ts imports realtime, and realtime the types of the settings', () => {
    const found = (from: string, to: string) => imports.find((one) => one.from === from && one.to === to);
    assert.equal(found('src/server.ts', 'src/realtime/index.ts')?.typeOnly, false);
    assert.equal(found('src/realtime/index.ts', 'src/config/env.ts')?.typeOnly, true);
  });

  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    test(`${folder} imports of ours at run time only what the table allows`, () => {
      const wrong = atRunTime.filter(
        ({ from, to }) => from.startsWith(folder) && isOurs(to) && !to.startsWith(folder) && !allowed.test(to),
      );
      assert.deepEqual(wrong.map(describe), []);
    });
  }

  test('src/events/ knows of ours no more than the types of src/shared/', () => {
    assert.deepEqual(
      imports
        .filter(({ from, to }) => from.startsWith('src/events/') && isOurs(to) && !to.startsWith('src/shared/'))
        .map(describe),
      [],
    );
  });

  test('the models reach neither Express nor socket.io, not even for types', () => {
    assert.deepEqual(
      imports
        .filter(({ from, to }) => from.startsWith('src/models/') && /^(express|socket\.io|engine\.io)/.test(to))
        .map(describe),
      [],
    );
  });

  test('model classes import each other as types only; index.ts is where they meet', () => {
    const classes = new Set(
      sourceFiles().filter((file) => file.startsWith('src/models/') && /\bextends Model\b/.test(textOf(file))),
    );
    const wrong = atRunTime.filter(
      ({ from, to }) =>
        from.startsWith('src/models/') && from !== 'src/models/index.ts' && classes.has(to) && classes.has(from),
    );
    assert.deepEqual(wrong.map(describe), []);
  });

  test('only server.ts imports realtime', () => {
    const wrong = imports.filter(
      ({ from, to }) => to.startsWith('src/realtime/') && !from.startsWith('src/realtime/') && from !== 'src/server.ts',
    );
    assert.deepEqual(wrong.map(describe), []);
  });

  test('nobody imports what starts things', () => {
    assert.deepEqual(imports.filter(({ to }) => /^src\/(server|console|admin)\.ts$/.test(to)).map(describe), []);
  });

  test('src/shared/ imports no package', () => {
    assert.deepEqual(imports.filter(({ from, to }) => from.startsWith('src/shared/') && !isOurs(to)).map(describe), []);
  });

  test('nothing imports itself by way of others', () => {
    assert.deepEqual(cycles(), []);
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

function cycles(): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, way: string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (way.includes(file) || done.has(file)) return;
    for (const { from, to } of atRunTime) if (from === file && to.startsWith('src/')) walk(to, [...way, file]);
    done.add(file);
  };
  for (const file of sourceFiles()) walk(file, []);
  return found;
}
