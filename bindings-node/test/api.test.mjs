// What the binding itself promises: types, offsets, errors, ESM and CommonJS.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { Detector, detect, detectAsync, redact, version } from '../index.mjs'

const text = '🏥 re\u0301cit, SSN: 123-45-6788'

test('offsets count UTF-16 units', () => {
  const [found, ...more] = detect(text)
  assert.equal(more.length, 0)
  assert.equal(text.slice(found.start, found.end), '123-45-6788')
  assert.equal(found.entity, 'us_ssn')
  assert.equal(found.category, 'G')
  assert.equal(found.band, 'high')
  assert.equal(found.validated, true)
  assert.ok(found.score >= 0.85 && found.score <= 1)
  assert.ok(found.evidence.length > 0)
  assert.ok(Object.isFrozen(found))
})

test('a lone surrogate does not move offsets', () => {
  const broken = `\ud800 ${text}`
  const [found] = detect(broken)
  assert.equal(broken.slice(found.start, found.end), '123-45-6788')
})

test('redaction replaces values', () => {
  assert.equal(redact(text), '🏥 re\u0301cit, SSN: [us_ssn]')
  assert.ok(!redact(text, 'mask').includes('123-45-6788'))
  assert.equal(redact('nothing here'), 'nothing here')
})

test('options choose entities', () => {
  assert.deepEqual(detect(text, { skip: ['us_ssn'] }), [])
  assert.equal(detect(text, { only: ['us_ssn'] }).length, 1)
  assert.deepEqual(detect(text, { minScore: 1 }), [])
})

test('async answers are the same', async () => {
  assert.deepEqual(await detectAsync(text), detect(text))
  const answers = await Promise.all(Array.from({ length: 8 }, () => new Detector().detectAsync(text)))
  answers.forEach((answer) => assert.deepEqual(answer, detect(text)))
})

test('error kinds are codes, and hold no text', () => {
  assert.throws(() => detect(text, { only: ['no_such_entity'] }), { code: 'usage' })
  assert.throws(() => redact(text, 'no_such_strategy'), { code: 'usage' })
  assert.throws(() => new Detector({ patterns: { 'mine.toml': "id = 'mine'\nunknown = 1" } }), (error) => {
    return error.code === 'pattern' && !error.message.includes('123-45-6788')
  })
  assert.throws(() => detect(42))
})

test('CommonJS gives the same module', () => {
  const phisift = createRequire(import.meta.url)('../index.cjs')
  assert.deepEqual(phisift.detect(text), detect(text))
  assert.match(version, /^\d+\.\d+\.\d+/)
  assert.match(new Detector().rulesetHash, /^[0-9a-f]+$/)
})
