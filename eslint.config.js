import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Files are short; what must be longer says why: `/* eslint-disable max-lines -- the reason *\/`. */
const maxLines = (max) => ({ 'max-lines': ['error', { max, skipBlankLines: true, skipComments: true }] });

const bareTransaction = {
  selector: 'CallExpression[callee.property.name="transaction"]',
  message: 'One way only: unitOfWork (src/database/transaction.ts).',
};
const findOrCreate = {
  selector: 'CallExpression[callee.property.name=/^(findOrCreate|findCreateFind)$/]',
  message: 'It opens a transaction of its own: insert with ON CONFLICT, or use unitOfWork.',
};
const spreadList = {
  selector:
    'CallExpression[callee.property.name=/^(push|unshift|max|min|fromCharCode|fromCodePoint)$/] > SpreadElement',
  message: 'Arguments are on the stack, which a long list overflows: use concat, a loop, or reduce.',
};
const writingInController = {
  selector:
    'CallExpression[callee.property.name=/^(create|bulkCreate|upsert|update|destroy|restore|save|increment|decrement)$/]',
  message: 'Controllers call a command of the model.',
};

export default defineConfig(
  // The client needs the types that its test generates.
  globalIgnores(['dist/', 'public/', '.cache/', '.data/', 'node_modules/', 'test/api/client/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...maxLines(200),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Code points are what is wanted: lengths in the database are counted in them.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // `declare global { namespace Express }` is how Express is told of res.locals.
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
      'no-restricted-syntax': ['error', bareTransaction, findOrCreate, spreadList],
      // Types of libraries often say "never null" of what a network brings.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['src/controllers/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', bareTransaction, findOrCreate, spreadList, writingInController] },
  },
  // The one way itself; and the lock under which migrations run, on an instance made for nothing else.
  {
    files: ['src/database/transaction.ts', 'src/lib/migrator.ts'],
    rules: { 'no-restricted-syntax': ['error', findOrCreate, spreadList] },
  },
  // Tests count on rows that they have just made, and node:test's `test` returns a promise that the runner awaits.
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      ...maxLines(350),
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['test', 'it', 'suite', 'describe', 'before', 'after', 'beforeEach', 'afterEach'],
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly' } },
    rules: maxLines(200),
  },
  {
    files: ['migrations/*.js', 'seeders/*.js', '**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', __filename: 'readonly', __dirname: 'readonly' },
    },
  },
);
