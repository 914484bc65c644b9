// The vectors that every language runs, asserted by slicing JavaScript strings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detect } from '../index.mjs'
import { cases } from './marked.mjs'

const all = cases()

test('there are cases', () => assert.ok(all.length > 0))

for (const { topic, name, label, text, marks } of all) {
  test(`${topic}: ${name}`, () => {
    const found = detect(text, { label })
    assert.deepEqual(
      found.map((it) => [it.entity, text.slice(it.start, it.end)]),
      marks.map((it) => [it.entity, it.value]),
    )
    marks.forEach(({ role }, index) => role === undefined || assert.equal(found[index].role, role))
  })
}
