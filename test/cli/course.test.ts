import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { projectDir } from '../../src/config/env.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeFolder } from '../support/folder.ts';
import { eventually, runProgram } from '../support/process.ts';

/** A checkout of its own, because the commands write into it. */
const checkout = makeFolder();
const data = makeFolder();
let database: TestDatabase;
let env: Record<string, string>;

const file = (name: string): string => path.join(checkout.dir, name);

async function run(command: string, more: Record<string, string> = {}): Promise<{ code: number | null; text: string }> {
  const program = runProgram('sh', ['-c', command], { ...env, ...more }, checkout.dir);
  const { code } = await program.ended;
  return { code, text: program.out() + program.err() };
}
const cli = (command: string) => run(`node_modules/.bin/sequelize-cli ${command}`);
/** Types one line after the other, each at its prompt. @returns what the console prints */
async function typed(lines: string[], more: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, ['scripts/run.mjs', 'cli/console'], {
    cwd: checkout.dir,
    env: { PATH: process.env.PATH, ...env, ...more },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const prompts = (): number => out.split('taskwire> ').length - 1;
  for (const [index, line] of [...lines, '.exit'].entries()) {
    await eventually(() => prompts() > index, `a prompt for ${line}`);
    child.stdin.write(`${line}\n`);
  }
  assert.deepEqual(await ended, [0, null], out);
  return out;
}

suite('The commands of the course', () => {
  before(async () => {
    for (const name of ['.sequelizerc', 'package.json', 'scripts', 'src', 'migrations', 'seeders'])
      cpSync(path.join(projectDir, name), file(name), { recursive: true });
    symlinkSync(path.join(projectDir, 'node_modules'), file('node_modules'));
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url, DATABASE_SSL: 'off', DATA_DIR: data.dir };
  });
  after(async () => {
    await database.drop();
    checkout.remove();
    data.remove();
  });

  test('model:generate makes a model where models are, and a migration that goes up and down', async () => {
    const { code, text } = await cli(
      "model:generate --name TaskLabel --attributes 'name:string,order:integer color:enum:{red, deep green},tags:array:string'",
    );
    assert.equal(code, 0, text);
    assert.match(text, /New model was created at \S+src\/models\/task-label\/task-label\.ts/);
    const [migration = ''] = readdirSync(file('migrations')).filter((name) => name.endsWith('-create-task-labels.js'));
    assert.match(migration, /^20\d{12}-create-task-labels\.js$/);
    const model = readFileSync(file('src/models/task-label/task-label.ts'), 'utf8');
    assert.match(model, /declare color: CreationOptional<'red' \| 'deep green' \| null>;/);
    assert.match(model, /declare tags: CreationOptional<string\[\] \| null>;/);
    assert.equal(readFileSync(file('src/models/index.ts'), 'utf8').match(/\bTaskLabel\b/g)?.length, 3);

    const migrated = await cli('db:migrate');
    assert.match(migrated.text, /create-task-labels: migrated/);
    const made = await typed([
      "const label = await TaskLabel.create({ name: 'urgent', order: 2, color: 'deep green', tags: ['a', 'b'] })",
      "JSON.stringify(await TaskLabel.findAll({ attributes: ['id', 'name', 'order', 'color', 'tags'] }))",
      "await TaskLabel.create({ color: 'blue' })",
    ]);
    assert.match(made, /\[\{"id":1,"name":"urgent","order":2,"color":"deep green","tags":\["a","b"\]\}\]/);
    assert.match(made, /task_labels_color_check/);
    assert.match((await cli('db:migrate:undo')).text, /create-task-labels: reverted/);
  });

  test('model:create with other spellings makes the same place, and none is overwritten unasked', async () => {
    assert.equal((await cli('model:create --name=project-note --attributes=text:text')).code, 0);
    assert.ok(existsSync(file('src/models/project-note/project-note.ts')));
    const again = await cli('model:create --name projectNote --attributes body:text');
    assert.deepEqual([again.code, /^ERROR: .*project-note\.ts exists: .*--force\.$/m.test(again.text)], [1, true]);
    assert.equal((await cli('model:create --name ProjectNote --attributes body:text --force')).code, 0);
    assert.match(
      readFileSync(file('src/models/project-note/project-note.ts'), 'utf8'),
      /class ProjectNote[^]*declare body/,
    );
  });

  test('model:generate says in one sentence what it cannot read', async () => {
    const before = readdirSync(file('src/models'));
    const wrong: [string, RegExp][] = [
      ['--name Label', /needs --name and --attributes/],
      ['--attributes name:string', /needs --name and --attributes/],
      ["--name '../x' --attributes name:string", /cannot be the name of a model/],
      ['--name Label --attributes name', /Attribute 'name' cannot be read/],
      ['--name Label --attributes name:varchar', /Attribute 'name:varchar' cannot be read: .*string, text, integer/],
      ['--name Label --attributes id:integer', /Every model has id/],
      ['--name Label --attributes a:text,a:text', /given twice/],
      ['--name Label --attributes "a:enum:{x\'y}"', /not plain words/],
    ];
    for (const [args, sentence] of wrong) {
      const { code, text } = await cli(`model:generate ${args}`);
      assert.equal(code, 1, text);
      assert.match(text.trim(), new RegExp(`^ERROR: .*${sentence.source}`));
      assert.doesNotMatch(text, /\n {4}at /);
    }
    assert.deepEqual(readdirSync(file('src/models')), before);
  });

  test('task.addCategory and the like work in the console', async () => {
    const said = await typed([
      "const user = await User.create({ name: 'Ana', email: 'ana@example.com', passwordDigest: 'x', locale: 'en', timeZone: 'UTC' })",
      'const list = await List.create({ userId: user.id })',
      "const task = await Task.create({ listId: list.id, userId: user.id, description: 'From the console' })",
      "const [red, blue] = await Promise.all(['red', 'blue'].map((color) => Category.create({ listId: list.id, name: { original: color }, color })))",
      'await task.addCategory(red)',
      'await task.addCategories([blue])',
      "'with: ' + (await task.getCategories()).map(({ color }) => color).sort()",
      'await task.removeCategory(red)',
      "'left: ' + (await task.getCategories()).map(({ color }) => color)",
      "'version: ' + (await list.reload()).version",
    ]);
    assert.match(said, /'with: blue,red'/);
    assert.match(said, /'left: blue'/);
    assert.match(said, /'version: [4-9]'/, 'each change is numbered for open tabs');
  });

  test('the console keeps what was typed, for the next time, readable by its owner only', async () => {
    // A pipe has no arrow keys: the console is made to believe that it has a terminal.
    writeFileSync(file('terminal.cjs'), 'process.stdout.isTTY = true; process.stdout.columns = 80;');
    const terminal = { NODE_OPTIONS: `--require ${file('terminal.cjs')}`, TERM: 'dumb' };
    const history = path.join(data.dir, 'console-history');
    await typed(["'the first time'", '1 + 1'], terminal);
    assert.match(readFileSync(history, 'utf8'), /1 \+ 1\n'the first time'/);
    await typed(["'the second time'"], terminal);
    assert.match(readFileSync(history, 'utf8'), /'the second time'[^]*1 \+ 1\n'the first time'/);
    assert.equal(statSync(history).mode & 0o077, 0);
  });
});
