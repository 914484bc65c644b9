'use strict'
// What users import: the native module's calls with options objects and frozen results.
const native = require('./native.cjs')

const freeze = (found) => Object.freeze(found.map((it) => Object.freeze({ ...it, evidence: Object.freeze(it.evidence) })))

class Detector {
  #native

  constructor(options = {}) {
    this.#native = new native.NativeDetector(options)
    Object.freeze(this)
  }

  detect(text, label) {
    return freeze(this.#native.detect(text, label))
  }

  async detectAsync(text, label, signal) {
    return freeze(await this.#native.detectAsync(text, label, signal))
  }

  redact(text, strategy = 'label') {
    return this.#native.redact(text, strategy)
  }

  get rulesetHash() {
    return this.#native.rulesetHash
  }
}

const detect = (text, { label, ...options } = {}) => new Detector(options).detect(text, label)
const detectAsync = async (text, { label, ...options } = {}, signal) =>
  new Detector(options).detectAsync(text, label, signal)
const redact = (text, strategy, { label, ...options } = {}) => new Detector(options).redact(text, strategy)

module.exports = { Detector, detect, detectAsync, redact, version: native.version() }
