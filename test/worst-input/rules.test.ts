import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { z } from 'zod';
import { projectDir } from '../../src/config/env.ts';
import { ValidationError } from '../../src/lib/errors.ts';
import { parse } from '../../src/lib/parse.ts';
import * as account from '../../src/schemas/account.ts';
import * as activity from '../../src/schemas/activity.ts';
import * as admin from '../../src/schemas/admin.ts';
import * as category from '../../src/schemas/category.ts';
import * as event from '../../src/schemas/event.ts';
import * as exported from '../../src/schemas/export.ts';
import * as follow from '../../src/schemas/follow.ts';
import * as imported from '../../src/schemas/import.ts';
import * as list from '../../src/schemas/list.ts';
import * as me from '../../src/schemas/me.ts';
import * as merge from '../../src/schemas/merge.ts';
import * as paging from '../../src/schemas/paging.ts';
import * as shared from '../../src/schemas/shared.ts';
import * as taskQuery from '../../src/schemas/task-query.ts';
import * as task from '../../src/schemas/task.ts';
import * as team from '../../src/schemas/team.ts';
import * as token from '../../src/schemas/token.ts';
import * as user from '../../src/schemas/user.ts';
import { assertCheap } from '../support/cost.ts';
import { filled, texts } from './shapes.ts';

const modules: Record<string, object> = {
  account,
  activity,
  admin,
  category,
  event,
  export: exported,
  follow,
  import: imported,
  list,
  me,
  merge,
  paging,
  shared,
  'task-query': taskQuery,
  task,
  team,
  token,
  user,
};
const BYTES = 190_000;

/** Every rule, and the rule of every field of those that are objects. */
function* rules(): Generator<[name: string, rule: z.ZodType]> {
  for (const [module, exports] of Object.entries(modules))
    for (const [name, value] of Object.entries(exports) as [string, unknown][]) {
      if (value instanceof z.ZodType) yield [`${module}: ${name}`, value];
      const fields: unknown = value instanceof z.ZodObject ? value.shape : value;
      if (fields instanceof z.ZodType || typeof fields !== 'object' || fields === null) continue;
      for (const [field, rule] of Object.entries(fields) as [string, unknown][])
        if (rule instanceof z.ZodType) yield [`${module}: ${name}.${field}`, rule];
    }
}

suite('A45: a rule, with the longest text', () => {
  test('is one of every file of schemas', () => {
    const files = readdirSync(path.join(projectDir, 'src/schemas')).map((file) => file.replace(/\.ts$/, ''));
    assert.deepEqual(Object.keys(modules).toSorted(), files.toSorted());
    assert.ok([...rules()].length > 150);
  });

  for (const [name, unit] of Object.entries(texts))
    test(`of ${name} is judged soon`, async () => {
      const text = filled(unit, BYTES);
      for (const [rule, schema] of rules())
        await assertCheap(rule, () => {
          try {
            parse(z.object({ field: schema }), { field: text });
          } catch (error) {
            if (!(error instanceof ValidationError)) throw error;
          }
          return Promise.resolve();
        });
    });
});
