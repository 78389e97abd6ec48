import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'node:test';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { createToken } from '../../src/models/api-token/commands.ts';
import { projectDir } from '../../src/config/env.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { makeFolder } from '../support/folder.ts';
import { createWorld, type World } from '../support/world.ts';

type Run = (baseUrl: string, token: string) => Promise<unknown>;

describe('A client generated from the OpenAPI document', () => {
  let app: TestApp;
  let world: World;
  const folder = makeFolder();
  const file = path.join(folder.dir, 'program.ts');
  before(async () => {
    app = await startApp();
    world = await createWorld(app);
    const document = (await (await fetch(`${app.url}/api/v1/openapi.json`)).json()) as OpenAPI3;
    writeFileSync(path.join(folder.dir, 'schema.d.ts'), astToString(await openapiTS(document)));
    copyFileSync(path.join(projectDir, 'test/api/client/program.ts'), file);
    writeFileSync(path.join(folder.dir, 'package.json'), '{ "type": "module" }');
    symlinkSync(path.join(projectDir, 'node_modules'), path.join(folder.dir, 'node_modules'));
  });
  after(async () => {
    await app.close();
    folder.remove();
  });

  it('is used without a cast: the compiler, as strict as it can be, finds nothing', () => {
    const program = ts.createProgram([file], {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: [],
    });
    const found = ts.getPreEmitDiagnostics(program).map(({ messageText, start, file: source }) => {
      const line = source && start !== undefined ? source.getLineAndCharacterOfPosition(start).line + 1 : 0;
      return `${String(line)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
    assert.deepEqual(found, []);
  });

  it('creates, reads, changes and deletes, pages, merges, follows events, and reads errors', async () => {
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    const compiled = path.join(folder.dir, 'program.js');
    writeFileSync(compiled, ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: options }).outputText);
    const { run } = (await import(pathToFileURL(compiled).href)) as { run: Run };
    const { token } = await createToken(world.ana.user.id, {
      name: 'client',
      scopes: ['read', 'write'],
      expiresAt: null,
    });
    assert.deepEqual(await run(`${app.url}/api/v1`, token), {
      notes: 'by a client',
      dueOn: '2026-12-24',
      removed: 204,
      missing: 104,
      inserted: 7,
      pages: [3, 3, 1],
      events: ['new_task', 'task_updated', 'task_deleted', ...Array<string>(7).fill('new_task')],
      refused: ['description'],
    });
  });
});
