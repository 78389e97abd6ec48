/**
 * Uses the views compiled by `npm test`: compiling the few that a test file renders takes up to half of its time. Server
 * processes preload it by its path.
 */
import path from 'node:path';
import { projectDir } from '../../src/config/env.ts';
import { useCompiledViews } from '../../src/lib/compiled-views.ts';
import { compiledDir, isCompiled } from './compiled.ts';

if (isCompiled) useCompiledViews(path.join(compiledDir, 'views'), path.join(projectDir, 'views'));
