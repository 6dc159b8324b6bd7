// The schemas of the declaration and the maps against what the compiler says: whatever it can read is valid, and
// whatever it refuses for its keys, words or shapes is not. The policies are the examples' and the specifications'.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { parse as parseYaml } from 'yaml';

const ROOT = new URL('../../', import.meta.url);
const read = (path) => readFile(new URL(path, ROOT), 'utf8');
const schema = async (name) => JSON.parse(await read(`docs/reference/${name}`));
// The compiler lets `${NAME}` stand unquoted in a short map; plain YAML doesn't.
const parse = (text) => parseYaml(text.replace(/(?<!")\$\{(\w+)\}(?!")/g, '$1'));
const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false });
const declaration = ajv.compile(await schema('candor.schema.json'));
const map = ajv.compile(await schema('map.schema.json'));
// Codes a schema can know of: unknown keys, unknown words, missing keys, wrong shapes, words outside the vocabulary,
// keys that exclude one another.
const SEEN = /\[(CND0201|CND0202|CND0203|CND0204|CND0208|CND0209)\]/;
// Codes that a schema may or may not know of, and files that aren't YAML at all.
const UNDECIDED = /\[(CND010\d|CND0205|CND0206)\]/;

// The cases of a specification, each a map from paths to texts; the same reading as crates/policy/tests/it/spec.rs.
function cases(text) {
  const base = {};
  let files = base;
  const found = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line.startsWith('## ')) {
      const title = line.slice(3);
      files = title === 'Base' ? base : { ...base };
      if (title !== 'Base') found.push({ title, files });
    } else if (line.startsWith('```')) {
      const [, path, plus] = line.split(' ');
      const end = lines.indexOf('```', at + 1);
      const content = `${lines.slice(at + 1, end).join('\n')}\n`;
      files[path] = plus === '+' ? (files[path] ?? '') + content : content;
      at = end;
    }
  }
  return found;
}

describe('schemas', () => {
  test('the examples are valid', async () => {
    let maps = 0;
    const examples = await readdir(new URL('examples/', ROOT), { withFileTypes: true });
    for (const { name: example } of examples.filter((entry) => entry.isDirectory())) {
      const folder = `examples/${example}/policy/`;
      // Programs that go with a company's software have no policy.
      if (['http-source', 'sealing'].includes(example)) continue;
      const declared = parse(await read(`${folder}candor.yaml`));
      assert.ok(declaration(declared), ajv.errorsText(declaration.errors));
      for (const source of Object.values(declared.sources ?? {})) {
        assert.ok(map(parse(await read(folder + source.map))), ajv.errorsText(map.errors));
        maps += 1;
      }
    }
    assert.ok(maps > 0);
  });

  test('the specifications are valid exactly where the compiler can read them', async () => {
    const counts = { valid: 0, invalid: 0 };
    for (const name of await readdir(new URL('crates/policy/specs/', ROOT))) {
      for (const { title, files } of cases(await read(`crates/policy/specs/${name}`))) {
        const text = files['candor.yaml'];
        // Texts that are read alone have no declaration.
        if (text === undefined || UNDECIDED.test(text)) continue;
        const expected = !SEEN.test(text);
        assert.equal(declaration(parse(text)), expected, `${name} "${title}": ${ajv.errorsText(declaration.errors)}`);
        counts[expected ? 'valid' : 'invalid'] += 1;
      }
    }
    assert.ok(counts.valid > 60 && counts.invalid > 10, JSON.stringify(counts));
  });

  test('what the compiler refuses in a map is refused', () => {
    const table = (entries) => map({ tables: { orders: { columns: { id: 'key' }, ...entries } } });
    assert.ok(table({}), ajv.errorsText(map.errors));
    assert.ok(table({ owned_by: ['account_id', { edge: 'a -> b.c', when: { kind: 'x' } }], references: { by: 'unlink' } }));
    assert.ok(!table({ owner: 'account_id' }));
    assert.ok(!table({ columns: { email: 'email' } }));
    assert.ok(!table({ on_erasure: 'shred' }));
    assert.ok(!map({ ignored: ['orders'] }));
  });
});
