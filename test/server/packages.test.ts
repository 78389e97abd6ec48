import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { suite, test } from 'node:test';
import { projectDir } from '../../src/config/env.ts';
import { makeFolder } from '../support/folder.ts';
import { runNode } from '../support/process.ts';

const json = (name: string): unknown => JSON.parse(readFileSync(path.join(projectDir, name), 'utf8'));

suite('The packages', () => {
  test('a production install has only what some dependency needs, so not what only the build needs', () => {
    interface Entry {
      dev?: boolean;
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    }
    const { packages } = json('package-lock.json') as { packages: Record<string, Entry> };
    const needed = new Set<string>();
    const visit = (from: string): void => {
      const { dependencies, optionalDependencies } = packages[from] ?? {};
      for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
        let above = from;
        while (!packages[path.join(above, 'node_modules', name)] && above !== '')
          above = above.includes('/node_modules/')
            ? above.replace(/\/node_modules\/(?!.*\/node_modules\/).*$/, '')
            : '';
        const place = path.join(above, 'node_modules', name);
        if (needed.has(place) || !packages[place]) continue;
        needed.add(place);
        visit(place);
      }
    };
    visit('');
    const installed = Object.keys(packages).filter((place) => place !== '' && packages[place]?.dev !== true);
    assert.deepEqual(
      installed.filter((place) => !needed.has(place)),
      [],
    );
    assert.ok(installed.includes('node_modules/express') && installed.length > 100);
  });

  test('an install reports nothing to anybody', async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(String(request.url));
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const home = makeFolder();
    const program = runNode([path.join(projectDir, 'node_modules/@scarf/scarf/report.js')], {
      INIT_CWD: projectDir,
      HOME: home.dir,
      TMPDIR: home.dir,
      SCARF_LOCAL_PORT: String((server.address() as AddressInfo).port),
      SCARF_VERBOSE: 'true',
    });
    await program.ended;
    assert.match(program.out() + program.err(), /User has opted out/);
    assert.deepEqual(requests, []);
    server.close();
    home.remove();
  });
});
