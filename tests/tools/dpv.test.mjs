// The JSON-LD that `candor render --format dpv` writes, read by a JSON-LD processor that may ask nothing of the
// network: every key and type means something, and nothing is lost on the way.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import jsonld from 'jsonld';

const path = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const BINARY = process.env.CANDOR_TEST_BINARY ?? path('target/debug/candor');
const DPV = 'https://w3id.org/dpv#';
const offline = {
  documentLoader: (url) => {
    throw new Error(`the document asks for ${url}`);
  },
  // Unknown keys and relative addresses are errors, not silence.
  safe: true,
};

describe('Data Privacy Vocabulary', async () => {
  const { stdout } = await promisify(execFile)(BINARY, ['render', path('examples/stackyard/policy'), '--format', 'dpv']);
  const document = JSON.parse(stdout);
  const nodes = await jsonld.expand(document, offline);
  const of = (type) => nodes.filter((node) => node['@type'].includes(`${DPV}${type}`));

  test('every declared fact is a node', () => {
    assert.equal(of('Organisation').length, 1);
    assert.equal(of('Process').filter((node) => node[`${DPV}hasPurpose`]).length, 11);
    assert.equal(of('PersonalData').length, 17);
    assert.equal(nodes.length, document['@graph'].length);
  });

  test('a purpose has its basis, data and recipients', () => {
    const newsletter = of('Process').find((node) => node['@id'].endsWith(':purpose:newsletter'));
    const one = (term) => newsletter[`${DPV}${term}`].map((value) => value['@id']);
    assert.deepEqual(one('hasLegalBasis'), ['https://w3id.org/dpv/legal/eu/gdpr#A6-1-a']);
    assert.ok(one('hasPersonalData').some((id) => id.endsWith(':data:account_email')));
    assert.ok(one('hasRecipient').some((id) => id.endsWith(':vendor:posthorn')));
    const known = new Set(nodes.map((node) => node['@id']));
    for (const id of [...one('hasPersonalData'), ...one('hasRecipient'), ...one('hasDataController')]) {
      assert.ok(known.has(id), id);
    }
  });

  test('every address is a term of the vocabulary', async () => {
    const terms = await readFile(path('crates/policy/data/dpv-terms.txt'), 'utf8');
    const prefixes = { 'dpv:': DPV, 'pd:': 'https://w3id.org/dpv/pd#', 'eu-gdpr:': 'https://w3id.org/dpv/legal/eu/gdpr#' };
    const known = new Set(terms.trim().split('\n').map((term) => term.replace(/^[a-z-]+:/, (prefix) => prefixes[prefix])));
    const used = JSON.stringify(nodes).match(/https:\/\/w3id\.org\/dpv[^"]*/g);
    assert.ok(used.length > 200, `${used.length}`);
    assert.deepEqual([...new Set(used)].filter((term) => !known.has(term)), []);
  });

  test('a transfer to a third country names what allows it', () => {
    const github = of('Process').find((node) => node['@id'].endsWith(':transfer:github'));
    assert.deepEqual(github[`${DPV}hasLegalBasis`], [{ '@id': 'https://w3id.org/dpv/legal/eu/gdpr#A45-3' }]);
    assert.deepEqual(github[`${DPV}hasLocation`], [{ '@value': 'United States' }]);
  });

  test('it is a graph for other tools', async () => {
    const quads = await jsonld.toRDF(document, { ...offline, format: 'application/n-quads' });
    assert.ok(quads.split('\n').length > 200);
    assert.ok(quads.includes('<https://w3id.org/dpv/pd#EmailAddress>'));
  });
});
