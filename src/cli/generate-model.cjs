'use strict';

/**
 * `npx sequelize-cli model:generate --name Label --attributes name:string,color:enum:{red,green}`: the model in
 * src/models/label/label.ts, its line in src/models/index.ts, and the migration that creates its table. The tool's own
 * templates are CommonJS and know nothing of our columns.
 */
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { Utils } = require('sequelize');

const root = path.resolve(__dirname, '../..');

/** By the name in `--attributes`: Sequelize's type, PostgreSQL's, and TypeScript's. */
const TYPES = {
  string: ['STRING', 'text', 'string'],
  text: ['TEXT', 'text', 'string'],
  integer: ['INTEGER', 'integer', 'number'],
  bigint: ['BIGINT', 'bigint', 'number'],
  float: ['FLOAT', 'double precision', 'number'],
  double: ['DOUBLE', 'double precision', 'number'],
  decimal: ['DECIMAL', 'numeric', 'string'],
  boolean: ['BOOLEAN', 'boolean', 'boolean'],
  date: ['DATE', 'timestamptz(3)', 'Date'],
  dateonly: ['DATEONLY', 'date', 'string'],
  uuid: ['UUID', 'uuid', 'string'],
  json: ['JSON', 'json', 'unknown'],
  jsonb: ['JSONB', 'jsonb', 'unknown'],
};
const GIVEN = ['id', 'createdAt', 'updatedAt'];

/** @throws Error with a sentence for the person at the command line */
function generateModel(args) {
  const { values } = parseArgs({
    args,
    options: { name: { type: 'string' }, attributes: { type: 'string' }, force: { type: 'boolean' } },
    allowPositionals: true,
    strict: false,
  });
  const { name, attributes: list, force } = values;
  if (typeof name !== 'string' || typeof list !== 'string')
    throw new Error('model:generate needs --name and --attributes, such as --name Label --attributes name:string.');
  if (!/^[A-Za-z][\w-]*$/.test(name)) throw new Error(`${JSON.stringify(name)} cannot be the name of a model.`);

  const words = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').split(/[\s_-]+/);
  const model = words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
  const noun = words.join('-').toLowerCase();
  const table = Utils.pluralize(words.join('_').toLowerCase());
  const attributes = splitList(list).map(parseAttribute);
  if (attributes.length === 0) throw new Error('--attributes names none: use name:type.');
  const twice = attributes.find(({ name }, index) => attributes.findIndex((other) => other.name === name) < index);
  if (twice) throw new Error(`The attribute ${twice.name} is given twice.`);

  const modelFile = path.join(root, 'src/models', noun, `${noun}.ts`);
  if (existsSync(modelFile) && !force)
    throw new Error(`${path.relative(root, modelFile)} exists: choose another name, or overwrite it with --force.`);
  mkdirSync(path.dirname(modelFile), { recursive: true });
  writeFileSync(modelFile, modelText(model, table, attributes));
  register(model, noun);
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const migrationFile = path.join(root, 'migrations', `${stamp}-create-${table.replaceAll('_', '-')}.js`);
  writeFileSync(migrationFile, migrationText(table, attributes));
  console.log(`New model was created at ${modelFile} .\nNew migration was created at ${migrationFile} .`);
}

/** Commas and blanks separate attributes, but not the values in braces. */
const splitList = (list) => list.match(/[^\s,{}]+(?:\{[^}]*\})?/g) ?? [];

function parseAttribute(text) {
  const [, name = '', kind = '', of = ''] = /^([A-Za-z]\w*):(\w+)(?::(.+))?$/s.exec(text) ?? [];
  const type = TYPES[kind.toLowerCase()];
  const inner = TYPES[of.toLowerCase()];
  const values = /^\{(.+)\}$/s
    .exec(of)?.[1]
    .split(',')
    .map((value) => value.trim());
  if (GIVEN.includes(name)) throw new Error(`Every model has ${name}: leave it out.`);
  const column = `"${Utils.underscore(name)}"`; // quoted, because it may be a word of SQL
  if (kind.toLowerCase() === 'enum' && values) {
    if (!values.every((value) => /^[\w .-]+$/.test(value)))
      throw new Error(`The values of ${name} are not plain words.`);
    const quoted = values.map((value) => `'${value}'`);
    return {
      name,
      column,
      sequelize: 'TEXT',
      sql: `text CHECK (${column} IN (${quoted.join(', ')}))`,
      ts: quoted.join(' | '),
    };
  }
  if (kind.toLowerCase() === 'array' && inner)
    return { name, column, sequelize: `ARRAY(DataTypes.${inner[0]})`, sql: `${inner[1]}[]`, ts: `${inner[2]}[]` };
  if (!type || of)
    throw new Error(
      `Attribute '${text}' cannot be read: use name:type, with ${Object.keys(TYPES).join(', ')}, enum:{a,b} or array:type.`,
    );
  return { name, column, sequelize: type[0], sql: type[1], ts: type[2] };
}

const modelText = (model, table, attributes) => `import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';

export class ${model} extends Model<InferAttributes<${model}>, InferCreationAttributes<${model}>> {
  declare id: CreationOptional<number>;
${attributes.map(({ name, ts }) => `  declare ${name}: CreationOptional<${ts === 'unknown' ? ts : `${ts} | null`}>;\n`).join('')}\
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    ${model}.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
${attributes.map(({ name, sequelize }) => `        ${name}: DataTypes.${sequelize},\n`).join('')}\
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: '${table}' },
    );
  }
}
`;

const migrationText = (table, attributes) => `'use strict';

module.exports = {
  up: ({ sequelize }) =>
    sequelize.query(\`
    CREATE TABLE ${table} (
      id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
${attributes.map(({ column, sql }) => `      ${column} ${sql},\n`).join('')}\
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      updated_at timestamptz(3) NOT NULL DEFAULT now()
    );\`),
  down: ({ sequelize }) => sequelize.query('DROP TABLE ${table}'),
};
`;

/** Adds the model to the three places of src/models/index.ts that name every model. */
function register(model, noun) {
  const file = path.join(root, 'src/models/index.ts');
  const text = readFileSync(file, 'utf8');
  if (text.includes(`'./${noun}/${noun}.ts'`)) return;
  const imports = text.lastIndexOf("import { User } from './user/user.ts';");
  writeFileSync(
    file,
    `${text.slice(0, imports)}import { ${model} } from './${noun}/${noun}.ts';\n${text.slice(imports)}`
      .replace(/(export \{[^}]*)(\};)/, `$1  ${model},\n$2`)
      .replace(/(for \(const model of \[[^\]]*?)(\s*\]\))/, `$1\n    ${model},$2`),
  );
}

module.exports = { generateModel };
